using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>What a finished cycle's version will say of itself. The number is already in the journal when this is published.</summary>
public sealed record VersionDraft(
    ModelVersion Version,
    ModelVersion? Parent,
    string Lineage,
    DateTimeOffset CreatedAt,
    CycleNumber Cycle,
    int StepsDone,
    long JournalPosition,
    IReadOnlyList<PartitionPosition> Offsets,
    Verdict Verdict,
    ProbeReport Probe,
    CycleReport? Report,
    JsonElement Plan,
    string Fingerprint);

/// <summary>What a rollback's version, one that was accepted, or one that goes on without forgotten samples, will say of itself; all the rest is that of <paramref name="Target"/>.</summary>
public sealed record RollbackDraft(
    ModelVersion Version,
    ModelVersion Target,
    DateTimeOffset CreatedAt,
    long JournalPosition,
    IReadOnlyList<PartitionPosition> Offsets,
    string Reason,
    VersionKind Kind = VersionKind.Rollback);

/// <summary>A file of a version that comes from another room, for example <c>replay.bin</c>.</summary>
/// <param name="Write">Writes the whole content; called again where a save has to be repeated.</param>
public sealed record ExtraFile(string Name, Action<Stream> Write);
