using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Pipeline;
using SslAgent.Replay;
using VersionStore = SslAgent.Checkpoints.VersionStore;

namespace SslAgent.Auditing;

/// <summary>What a version is derived again from, or why it cannot be.</summary>
internal abstract record Ground
{
    /// <param name="FoldFrom">The version whose saved replay state the fold begins at; null is the journal's beginning.</param>
    public sealed record Solid(VersionManifest Manifest, CyclePlan Plan, VersionManifest? FoldFrom) : Ground;

    /// <summary>Nothing needs to be trained: the version gone back to is here to be compared with.</summary>
    public sealed record SameAs(VersionManifest Manifest, VersionManifest Target) : Ground;

    public sealed record None(VersionManifest? Manifest, AuditOutcome Outcome, string Reason) : Ground;

    /// <summary>Looks, and derives nothing.</summary>
    public static Ground Of(Derivation derivation, VersionStore store, ReplayReading journal)
    {
        if (store.Find(derivation.Version) is not { } manifest) return new None(null, AuditOutcome.OutOfReach, "it is not on disk: pruned, damaged, or not saved yet");
        return derivation switch
        {
            Derivation.Trained trained => OfTrained(trained, manifest, store, journal),
            Derivation.Anew anew => store.Find(anew.Of) is { } target
                ? new SameAs(manifest, target)
                : new None(manifest, AuditOutcome.OutOfReach, $"{anew.Of}, whose weights it has, is no longer on disk"),
            Derivation.Lost => new None(manifest, AuditOutcome.OutOfReach, "the journal has lost the record that began its cycle (sslagent replay verify)"),
            _ => throw new BrokenInvariantException($"a version cannot come to be by {derivation.GetType().Name}"),
        };
    }

    /// <summary>The newest saved replay state from before a record; null where there is none.</summary>
    public static VersionManifest? FoldBefore(VersionStore store, long sequence) =>
        store.List().Where(manifest => manifest.JournalPosition <= sequence && manifest.Files.Any(file => file.Name == Publisher.ReplayFile))
            .MaxBy(manifest => manifest.JournalPosition);

    private static Ground OfTrained(Derivation.Trained trained, VersionManifest manifest, VersionStore store, ReplayReading journal)
    {
        if (TryPlanOf(trained.Open.Started, out string fault) is not { } plan) return new None(manifest, AuditOutcome.OutOfReach, fault);
        VersionManifest? foldFrom = FoldBefore(store, trained.Open.Sequence);
        long position = foldFrom?.JournalPosition ?? 0;
        if (trained.Open.Parent is { } parent && store.Find(parent) is not { HasTrainingState: true })
        {
            string lost = store.Find(parent) is null ? "is no longer on disk" : "has lost its training state";
            return new None(manifest, AuditOutcome.OutOfReach, $"its parent {parent} {lost}");
        }

        if (plan.Learner.Regularization.NeedsTeacher && trained.Open.Promoted is { } teacher && store.Find(teacher) is null)
            return new None(manifest, AuditOutcome.OutOfReach, $"{teacher}, which it was held to by distillation, is no longer on disk");
        if (position < journal.CompleteFrom)
            return new None(manifest, AuditOutcome.OutOfReach, $"the journal before record {journal.CompleteFrom} was retired or had samples forgotten, and its fold begins at record {position}");
        string recorded = trained.Open.Started.Fingerprint, here = Learner.FingerprintOf(plan.Learner);
        return recorded == here
            ? new Solid(manifest, plan, foldFrom)
            : new None(manifest, AuditOutcome.NotComparable, $"made under \"{recorded}\"; here it is \"{here}\"");
    }

    private static CyclePlan? TryPlanOf(JournalRecord.CycleStarted started, out string fault)
    {
        fault = "";
        try
        {
            return PreparedCycle.PlanOf(started);
        }
        catch (StateRefusedException refusal)
        {
            fault = refusal.Message;
            return null;
        }
    }
}
