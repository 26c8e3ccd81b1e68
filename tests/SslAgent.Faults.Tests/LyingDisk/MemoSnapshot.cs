using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SslAgent.Domain;

namespace SslAgent.Faults.Tests.LyingDisk;

/// <summary>Weights that are a function of the version's number and nothing else: a version made anew has the same.</summary>
internal sealed class MemoSnapshot : IModelSnapshot
{
    public MemoSnapshot(ModelVersion version)
    {
        float[] weights = [.. Enumerable.Range(0, 64).Select(i => version.Number + i / 64f)];
        byte[] bytes = MemoryMarshal.AsBytes<float>(weights).ToArray();
        Model = [new TensorBytes("vision.norm.weight", TensorElement.F32, [64], bytes)];
        Training = [new TensorBytes("masters", TensorElement.F32, [64], bytes)];
        Digest = DigestOf(version);
    }

    public IReadOnlyList<TensorBytes> Model { get; }

    public IReadOnlyList<TensorBytes> Training { get; }

    public IReadOnlyDictionary<string, byte[]> Files { get; } = new Dictionary<string, byte[]> { ["learner.json"] = "{\"step\":12}"u8.ToArray() };

    public string Served => "weights";

    public string Digest { get; }

    public static string DigestOf(ModelVersion version) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(version.Number.ToString(CultureInfo.InvariantCulture))));

    public void Dispose()
    {
    }
}
