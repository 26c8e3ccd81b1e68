using System.Runtime.InteropServices;
using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>What one of the scripts in tests/fixtures wrote, read once.</summary>
internal sealed class FixtureFile(string name)
{
    private readonly Lazy<IReadOnlyDictionary<string, TensorBytes>> _content = new(() => Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "fixtures", name)));

    public bool Has(string tensor) => _content.Value.ContainsKey(tensor);

    public float[] Floats(string tensor) => MemoryMarshal.Cast<byte, float>(_content.Value[tensor].Data.Span).ToArray();

    public int[] Integers(string tensor) =>
        [.. MemoryMarshal.Cast<byte, long>(_content.Value[tensor].Data.Span).ToArray().Select(value => (int)value)];

    public Tensor Tensor(string name) => tensor(Floats(name)).view([.. _content.Value[name].Shape]);

    /// <summary>All tensors below a folder, by their names without it.</summary>
    public IReadOnlyDictionary<string, TensorBytes> Below(string folder) => _content.Value
        .Where(pair => pair.Key.StartsWith(folder, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[folder.Length..], pair => pair.Value);
}
