using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>
/// How far back the newest versions can be derived again: each from its parent's training state, over the journal behind the parent's position.
/// Pure functions over the manifests.
/// </summary>
public static class VersionReach
{
    /// <summary>The parents of the newest versions, as far as they are there: what must keep its moments.</summary>
    /// <param name="newestFirst">All manifests.</param>
    /// <param name="horizon">How many of the newest versions should stay derivable.</param>
    public static IReadOnlyList<VersionManifest> Seeds(IReadOnlyList<VersionManifest> newestFirst, int horizon)
    {
        Dictionary<ModelVersion, VersionManifest> byVersion = newestFirst.ToDictionary(manifest => manifest.Version);
        return
        [
            .. newestFirst.Take(horizon).Select(manifest => manifest.Parent is { } parent ? byVersion.GetValueOrDefault(parent) : null)
                .OfType<VersionManifest>().DistinctBy(manifest => manifest.Version),
        ];
    }

    /// <summary>
    /// The version that the journal must still lead on from, in full: the oldest that a recovery or an audit within the horizon starts at. Null where that is
    /// the journal's beginning, or there is none.
    /// </summary>
    /// <param name="completeFrom">The journal has everything from this position on, and nothing is derived from further back any more.</param>
    public static VersionManifest? Base(IReadOnlyList<VersionManifest> newestFirst, int horizon, long completeFrom)
    {
        VersionManifest[] leading = [.. newestFirst.Where(manifest => manifest.JournalPosition >= completeFrom)];
        VersionManifest[] reach = [.. leading.Take(horizon)];
        if (completeFrom == 0 && reach.Any(manifest => manifest.Parent is null)) return null;
        // Beside the parents, the version before each: what recovery falls back to where a newer one is damaged. A rollback's own parent may be
        // ancient, and nothing is derived from it.
        HashSet<ModelVersion?> parents = [.. reach.Where(manifest => manifest.Kind == VersionKind.Cycle).Select(manifest => manifest.Parent)];
        return leading.Take(horizon + 1).Concat(leading.Where(manifest => manifest.HasTrainingState && parents.Contains(manifest.Version)))
            .MinBy(manifest => manifest.JournalPosition);
    }
}
