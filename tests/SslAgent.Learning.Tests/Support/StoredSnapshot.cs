using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Learning.Tests.Support;

/// <summary>A snapshot copied into memory of its own, as if it had been written and read back.</summary>
internal sealed class StoredSnapshot : IStoredModel
{
    private readonly Dictionary<string, TensorBytes> _model;
    private readonly Dictionary<string, TensorBytes> _training;
    private readonly Dictionary<string, byte[]> _files;

    public StoredSnapshot(IModelSnapshot snapshot, VersionKind kind = VersionKind.Cycle)
    {
        _model = snapshot.Model.ToDictionary(tensor => tensor.Name, Copy);
        _training = snapshot.Training.ToDictionary(tensor => tensor.Name, Copy);
        _files = snapshot.Files.ToDictionary(file => file.Key, file => file.Value);
        using JsonDocument plan = JsonDocument.Parse("{}");
        Manifest = new VersionManifest(
            new ModelVersion(1), null, null, kind, "test", DateTimeOffset.UnixEpoch, new CycleNumber(1), 0, 0, [], Verdict.Promoted, ProbeReport.Empty, null,
            snapshot.Served, snapshot.Digest, plan.RootElement.Clone(), "", true, null, []);
    }

    public VersionManifest Manifest { get; }

    public Dictionary<string, TensorBytes> Training => _training;

    public Dictionary<string, TensorBytes> Model => _model;

    public IReadOnlyDictionary<string, TensorBytes> ReadModel() => _model;

    public IReadOnlyDictionary<string, TensorBytes> ReadTraining() => _training;

    public byte[]? ReadFile(string name) => _files.GetValueOrDefault(name);

    public void Dispose()
    {
    }

    private static TensorBytes Copy(TensorBytes tensor) => tensor with { Data = tensor.Data.ToArray() };
}
