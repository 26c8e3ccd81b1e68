using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Continual.Runs;

/// <summary>A learner's snapshot, read as if it were a stored version: what is measured is what would be served. Disposes the snapshot.</summary>
internal sealed class SnapshotModel(IModelSnapshot snapshot, ModelVersion version, DateTimeOffset now) : IStoredModel
{
    public VersionManifest Manifest { get; } = new(
        version, null, null, VersionKind.Cycle, "bench", now, null, 0, 0, [], Verdict.Promoted, ProbeReport.Empty, null, snapshot.Served, snapshot.Digest,
        JsonDocument.Parse("{}").RootElement, "", HasTrainingState: true, null, []);

    public IReadOnlyDictionary<string, TensorBytes> ReadModel() => snapshot.Model.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);

    public IReadOnlyDictionary<string, TensorBytes> ReadTraining() => snapshot.Training.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);

    public byte[]? ReadFile(string name) => snapshot.Files.GetValueOrDefault(name);

    public void Dispose() => snapshot.Dispose();
}
