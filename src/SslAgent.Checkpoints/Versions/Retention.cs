using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>How much stays; <see cref="CheckpointOptions"/> has the meaning of each number.</summary>
/// <param name="AuditHorizon">Newest versions whose parents stay whole, so that they can be derived again.</param>
public sealed record RetentionPolicy(int KeepLast, int KeepPromoted, int KeepTrainingState, long BytesMax, int AuditHorizon = 0)
{
    /// <summary>Newest deleted versions whose manifests stay.</summary>
    public int KeepManifests { get; init; } = 1000;
}

/// <summary>What must not be touched: versions that a pointer or a pin names.</summary>
/// <param name="LastPromoted">What a reject returns to: the last promoted version on HEAD's line of parents.</param>
internal sealed record Protected(
    ModelVersion? Head,
    ModelVersion? Serving,
    ModelVersion? LastPromoted,
    IReadOnlySet<ModelVersion> Pinned);

/// <summary>
/// Decides what a retention run takes away; a pure function over the manifests. Protected always, moments included: HEAD, SERVING, the
/// parent of each (what recovery falls back to), the last promoted version of HEAD's line (what a reject returns to), the newest version
/// (so that its number stays taken), and what is pinned: whoever pins a version wants to be able to go back to it.
/// </summary>
internal static class Retention
{
    public static PruneReport Decide(IReadOnlyCollection<VersionManifest> versions, Protected keep, RetentionPolicy policy)
    {
        VersionManifest[] newestFirst = [.. versions.OrderByDescending(manifest => manifest.Version)];
        HashSet<ModelVersion> whole = Whole(newestFirst, keep);
        ModelVersion[] seeds = [.. VersionReach.Seeds(newestFirst, policy.AuditHorizon).Select(manifest => manifest.Version)];
        HashSet<ModelVersion> kept =
        [
            .. whole, .. seeds,
            .. newestFirst.Take(policy.KeepLast).Select(manifest => manifest.Version),
            .. newestFirst.Where(manifest => manifest.Verdict.Kind == VerdictKind.Promote).Take(policy.KeepPromoted)
                .Select(manifest => manifest.Version),
        ];
        HashSet<ModelVersion> withTraining = [.. whole, .. seeds, .. newestFirst.Take(policy.KeepTrainingState).Select(manifest => manifest.Version)];
        long bytes = newestFirst.Where(manifest => kept.Contains(manifest.Version)).Sum(manifest => BytesLeft(manifest, withTraining));
        foreach (VersionManifest oldest in newestFirst.Reverse().Where(manifest => kept.Contains(manifest.Version)))
        {
            if (bytes <= policy.BytesMax) break;
            if (whole.Contains(oldest.Version)) continue;
            kept.Remove(oldest.Version);
            bytes -= BytesLeft(oldest, withTraining);
        }
        return Report(newestFirst, kept, withTraining);
    }

    private static HashSet<ModelVersion> Whole(VersionManifest[] newestFirst, Protected keep)
    {
        Dictionary<ModelVersion, VersionManifest> byVersion = newestFirst.ToDictionary(manifest => manifest.Version);
        HashSet<ModelVersion> whole = [.. keep.Pinned];
        if (newestFirst.Length > 0) whole.Add(newestFirst[0].Version);
        foreach (ModelVersion? pointer in new[] { keep.Head, keep.Serving })
        {
            if (pointer is not { } version) continue;
            whole.Add(version);
            if (byVersion.GetValueOrDefault(version)?.Parent is { } parent) whole.Add(parent);
        }
        if (keep.LastPromoted is { } promoted) whole.Add(promoted);
        return whole;
    }

    private static PruneReport Report(VersionManifest[] newestFirst, HashSet<ModelVersion> kept, HashSet<ModelVersion> withTraining)
    {
        VersionManifest[] deleted = [.. newestFirst.Reverse().Where(manifest => !kept.Contains(manifest.Version))];
        VersionManifest[] dropped =
        [
            .. newestFirst.Reverse().Where(manifest =>
                kept.Contains(manifest.Version) && manifest.HasTrainingState && !withTraining.Contains(manifest.Version)),
        ];
        long freed = deleted.Sum(Bytes) + dropped.Sum(TrainingBytes);
        return new PruneReport([.. deleted.Select(manifest => manifest.Version)], [.. dropped.Select(manifest => manifest.Version)], freed);
    }

    private static long BytesLeft(VersionManifest manifest, HashSet<ModelVersion> withTraining) =>
        withTraining.Contains(manifest.Version) ? Bytes(manifest) : Bytes(manifest) - TrainingBytes(manifest);

    private static long Bytes(VersionManifest manifest) => manifest.Files.Sum(file => file.Bytes);

    private static long TrainingBytes(VersionManifest manifest) =>
        manifest.Files.Where(file => file.Name == VersionNames.Training).Sum(file => file.Bytes);
}
