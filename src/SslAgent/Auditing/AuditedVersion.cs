using SslAgent.Domain;

namespace SslAgent.Auditing;

/// <summary>What became of one version's audit.</summary>
internal enum AuditOutcome
{
    /// <summary>Derived again bit for bit.</summary>
    Equal = 0,

    /// <summary>
    /// On a GPU that gave other bits: derived again, and the held-out losses of the stored weights, of the derived ones and of the manifest are the same within the
    /// probe's noise.
    /// </summary>
    WithinNoise = 1,

    /// <summary>What the journal gives is not what is on disk.</summary>
    Differs = 2,

    /// <summary>It was made under other numerics, so its bits cannot be expected here; or bits are no measure and there is nothing else to go by.</summary>
    NotComparable = 3,

    /// <summary>What it was derived from is gone.</summary>
    OutOfReach = 4,
}

/// <summary>One version's audit.</summary>
/// <param name="Parent">What it was derived from; null for the first weights.</param>
/// <param name="Recorded">The digest that its manifest names; null where it is not on disk.</param>
/// <param name="Derived">The digest that the journal gives; null where it was not derived.</param>
/// <param name="Reasons">What differs, or why it could not be compared; empty where it is equal.</param>
/// <param name="Notes">What else a reader should know; says nothing against the version.</param>
internal sealed record AuditedVersion(
    ModelVersion Version, AuditOutcome Outcome, VersionKind? Kind, ModelVersion? Parent, CycleNumber? Cycle, int Steps, string? Recorded, string? Derived,
    double Seconds, IReadOnlyList<string> Reasons, IReadOnlyList<string> Notes)
{
    /// <summary>Nothing was derived.</summary>
    public static AuditedVersion Unseen(Derivation derivation, AuditOutcome outcome, VersionManifest? manifest, string reason) => new(
        derivation.Version, outcome, manifest?.Kind ?? (derivation as Derivation.Anew)?.Kind ?? VersionKind.Cycle, ParentOf(derivation),
        (derivation as Derivation.Trained)?.Ended.Cycle, (derivation as Derivation.Trained)?.Ended.StepsDone ?? 0, manifest?.WeightsDigest, null, 0, [reason], []);

    /// <summary>It was derived, and this came of it.</summary>
    public static AuditedVersion Seen(
        Derivation derivation, VersionManifest manifest, string derived, double seconds, AuditOutcome outcome, IReadOnlyList<string> reasons, IReadOnlyList<string> notes) => new(
        derivation.Version, outcome, manifest.Kind, ParentOf(derivation), manifest.Cycle, manifest.StepsDone, manifest.WeightsDigest, derived, seconds, reasons, notes);

    private static ModelVersion? ParentOf(Derivation derivation) => derivation switch
    {
        Derivation.Trained trained => trained.Open.Parent,
        Derivation.Anew anew => anew.Of,
        _ => null,
    };
}

/// <summary>A whole audit.</summary>
internal sealed record AuditReport(IReadOnlyList<AuditedVersion> Versions, AuditReach Reach)
{
    public int Count(AuditOutcome outcome) => Versions.Count(version => version.Outcome == outcome);
}

/// <summary>How far back versions can be derived again, and what is kept on disk for it.</summary>
/// <param name="From">The oldest; null where there is none.</param>
/// <param name="Versions">How many.</param>
/// <param name="Horizon">How many of the newest retention keeps derivable (<c>audit.horizon</c>).</param>
/// <param name="TrainingBytes">Training states of the parents.</param>
/// <param name="JournalBytes">Samples from where the oldest fold begins.</param>
/// <param name="Beyond">Why it ends where it ends; null where the lineage begins there.</param>
internal sealed record AuditReach(ModelVersion? From, ModelVersion? To, int Versions, int Horizon, long TrainingBytes, long JournalBytes, string? Beyond);

/// <summary>Told while a version is derived.</summary>
internal readonly record struct AuditProgress(ModelVersion Version, ModelVersion? Parent, int StepsDone, int Steps);
