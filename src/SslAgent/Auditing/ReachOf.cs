using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Auditing;

/// <summary>Finds how far back versions can be derived again, and adds up what is kept for it. Derives nothing.</summary>
internal static class ReachOf
{
    private const string TrainingFile = "training.safetensors";

    public static AuditReach Store(IReadOnlyList<Derivation> derivations, VersionStore store, ReplayReading journal, int horizon)
    {
        (Derivation Derivation, Ground Ground)[] all = [.. derivations.Select(derivation => (derivation, Ground.Of(derivation, store, journal)))];
        (Derivation Derivation, Ground Ground)[] within = [.. all.Where(one => IsWithin(one.Ground))];
        // A rollback is only compared with what it goes back to: a pinned one from long ago does not make the reach longer.
        Derivation? oldest = within.Select(one => one.Derivation).FirstOrDefault(one => one is Derivation.Trained) ?? within.Select(one => one.Derivation).FirstOrDefault();
        if (oldest is null) return new AuditReach(null, null, 0, horizon, 0, 0, all.Length == 0 ? null : ReasonOf(all[^1]));
        Derivation.Trained[] trained = [.. within.Select(one => one.Derivation).OfType<Derivation.Trained>()];
        (Derivation, Ground)[] before = [.. all.Where(one => one.Derivation.Version < oldest.Version)];
        return new AuditReach(
            oldest.Version, within[^1].Derivation.Version, within.Count(one => one.Derivation.Version >= oldest.Version), horizon,
            TrainingBytes(trained, store), JournalBytes(trained, store, journal), before.Length == 0 ? null : ReasonOf(before[^1]));
    }

    private static bool IsWithin(Ground ground) => ground is not Ground.None { Outcome: AuditOutcome.OutOfReach };

    private static string ReasonOf((Derivation Derivation, Ground Ground) one) =>
        one.Ground is Ground.None none ? $"{one.Derivation.Version}: {none.Reason}" : $"{one.Derivation.Version} is not followed by one that can be derived";

    /// <summary>Files that two versions share stand on the disk once.</summary>
    private static long TrainingBytes(Derivation.Trained[] trained, VersionStore store) =>
        trained.Select(one => one.Open.Parent is { } parent ? store.Find(parent) : null).OfType<VersionManifest>()
            .SelectMany(parent => parent.Files).Where(file => file.Name == TrainingFile).DistinctBy(file => file.Sha256).Sum(file => file.Bytes);

    private static long JournalBytes(Derivation.Trained[] trained, VersionStore store, ReplayReading journal) => trained.Length == 0
        ? 0
        : journal.BytesFrom(trained.Min(one => Ground.FoldBefore(store, one.Open.Sequence)?.JournalPosition ?? 0));
}
