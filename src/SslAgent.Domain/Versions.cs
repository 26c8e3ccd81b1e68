using System.Text.Json;
using System.Text.Json.Serialization;

namespace SslAgent.Domain;

/// <summary>How a version came to be.</summary>
public enum VersionKind
{
    /// <summary>The end of a training cycle.</summary>
    Cycle = 0,

    /// <summary>A rollback: the weights of <see cref="VersionManifest.RolledBackTo"/>, published anew.</summary>
    Rollback = 1,

    /// <summary>Samples were forgotten: the weights of <see cref="VersionManifest.RolledBackTo"/>, published anew with a replay index without them.</summary>
    Forget = 2,

    /// <summary>An operator found a held version well: the weights of <see cref="VersionManifest.RolledBackTo"/>, published anew as promoted, with the reasons that had held them.</summary>
    Accept = 3,
}

/// <summary>A file of a version: size in bytes and sha256 in lower-case hex.</summary>
public sealed record VersionFile(string Name, long Bytes, string Sha256)
{
    /// <summary>CRC-32C of each mebibyte, eight hex digits each, one behind the other: damage is told to the block. Null in versions of releases that wrote none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Blocks { get; init; }

    /// <summary>Whether the two are the same bytes.</summary>
    public bool HasContentOf(VersionFile other) => (Bytes, Sha256) == (other.Bytes, other.Sha256);
}

/// <summary>The next offset to read of one partition, as the fold knows it.</summary>
public sealed record PartitionPosition(string Topic, int Partition, int Epoch, long NextOffset);

/// <summary>
/// What a version says of itself; <c>manifest.json</c>, written last, immutable. Pointers and pins live beside the versions.
/// </summary>
/// <param name="JournalPosition">The version is the fold of all journal records before this sequence number.</param>
/// <param name="WeightsDigest">sha256 over the training state (masters, moments, averages, counters): equal means bit-identical.</param>
/// <param name="Served">Which weights <c>model.safetensors</c> holds: <c>ema</c> or <c>raw</c>.</param>
/// <param name="Plan">The resolved plan, all options that bear on the weights.</param>
/// <param name="Fingerprint">Numerics: library, device, threads, CPU kind.</param>
/// <param name="HasTrainingState">False where retention dropped the moments: such a version cannot seed an audit or a rollback that trains on.</param>
public sealed record VersionManifest(
    ModelVersion Version,
    ModelVersion? Parent,
    ModelVersion? RolledBackTo,
    VersionKind Kind,
    string Lineage,
    DateTimeOffset CreatedAt,
    CycleNumber? Cycle,
    int StepsDone,
    long JournalPosition,
    IReadOnlyList<PartitionPosition> Offsets,
    Verdict Verdict,
    ProbeReport Probe,
    CycleReport? Report,
    string Served,
    string WeightsDigest,
    JsonElement Plan,
    string Fingerprint,
    bool HasTrainingState,
    string? Reason,
    IReadOnlyList<VersionFile> Files);
