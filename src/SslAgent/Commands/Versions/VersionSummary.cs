using SslAgent.Checkpoints;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary>One line of <c>checkpoints list</c>.</summary>
/// <param name="Serving">It is what is served.</param>
/// <param name="Pinned">Why it is pinned, or null.</param>
/// <param name="Bytes">By its manifest; a rollback shares its files with the version gone back to.</param>
internal sealed record VersionSummary(
    ModelVersion Version, VersionKind Kind, ModelVersion? Parent, ModelVersion? RolledBackTo, VerdictKind Verdict, DateTimeOffset CreatedAt,
    CycleNumber? Cycle, int StepsDone, long JournalPosition, long Bytes, bool HasTrainingState, bool Head, bool Serving, string? Pinned, string? Reason)
{
    public static VersionSummary Of(VersionStore store, VersionManifest manifest, IReadOnlyDictionary<ModelVersion, string> pins) => new(
        manifest.Version, manifest.Kind, manifest.Parent, manifest.RolledBackTo, manifest.Verdict.Kind, manifest.CreatedAt, manifest.Cycle,
        manifest.StepsDone, manifest.JournalPosition, manifest.Files.Sum(file => file.Bytes), manifest.HasTrainingState,
        store.Head == manifest.Version, store.Serving == manifest.Version, pins.GetValueOrDefault(manifest.Version), manifest.Reason);

    /// <summary>Where it comes from, in words.</summary>
    public string Origin => OriginOf(Kind, RolledBackTo) ?? $"cycle {Cycle}";

    /// <summary>What is special about it, in words.</summary>
    public string Marks => string.Join(", ", AllMarks());

    /// <summary>Where a version comes from that has another one's weights; null for a cycle's.</summary>
    public static string? OriginOf(VersionKind kind, ModelVersion? of) => kind switch
    {
        VersionKind.Rollback => $"rollback to {of}",
        VersionKind.Accept => $"{of}, accepted",
        VersionKind.Forget => $"{of}, samples forgotten",
        _ => null,
    };

    private IEnumerable<string> AllMarks()
    {
        if (Head) yield return "HEAD";
        if (Serving) yield return "SERVING";
        if (Pinned is not null) yield return "pinned";
        if (!HasTrainingState) yield return "without moments";
    }
}
