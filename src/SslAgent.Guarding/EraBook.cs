using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// What the promoted line reached: an immutable fold over its versions, and all that the guard remembers. Each version carries its own
/// (<c>guard.json</c>, see <see cref="EraBookJson"/>), so going back to an older version goes back to its book, and pruning loses nothing.
/// </summary>
public sealed record EraBook(
    int Promotions, IReadOnlyList<EraReference> Eras, IReadOnlyList<FeatureHealth> Features, IReadOnlyList<GradientReference> Gradients)
{
    /// <summary>Promotions after which an era that is not probed any more is forgotten: bounds the book.</summary>
    private const int UnseenMax = 64;

    public static EraBook Empty { get; } = new(0, [], [], []);

    /// <summary>
    /// What <see cref="Features"/> were in the promoted versions before, oldest first within a tower, as many as <see cref="RecentCycles"/> reaches: beside the last one alone a slow
    /// fall is never seen. Empty in books of releases that kept only the last.
    /// </summary>
    public IReadOnlyList<FeatureHealth> EarlierFeatures { get; init => field = value ?? []; } = [];

    /// <summary>Empty in books of releases that did not record how far losses rise within a cycle.</summary>
    public IReadOnlyList<LossPeakReference> Peaks { get; init => field = value ?? []; } = [];

    /// <summary>
    /// The book after this version. A promoted cycle changes it: what was held or rejected is no reference, and a rollback's book is
    /// that of the version gone back to, which is what its line of parents gives. A held version that a person accepted begins a new one.
    /// </summary>
    public EraBook After(VersionManifest manifest) => manifest.Kind switch
    {
        VersionKind.Accept => Accepted(manifest.Version, manifest),
        VersionKind.Cycle when manifest.Verdict.Kind == VerdictKind.Promote => Promoted(manifest.Version, manifest.Probe, manifest.Report),
        _ => this,
    };

    /// <summary>
    /// What a held version's line has reached once a person found it well: what was measured of it, and nothing of before, or the next version would be held for the same.
    /// </summary>
    /// <param name="version">The number under which it is published anew.</param>
    public static EraBook Accepted(ModelVersion version, VersionManifest held) => Empty.Promoted(version, held.Probe, held.Report);

    /// <summary>The same, for a version that is about to be published.</summary>
    public EraBook Promoted(ModelVersion version, ProbeReport probe, CycleReport? report)
    {
        FeatureHealth[] probed = [.. probe.Spaces];
        return new EraBook(Promotions + 1, Merged(version, probe), Merged(probed), Merged(report)) { EarlierFeatures = Earlier(probed), Peaks = MergedPeaks(report) };
    }

    /// <summary>
    /// The book by the manifests alone, for versions without <c>guard.json</c>: the line of parents of <paramref name="version"/>, oldest
    /// first. It ends where a parent was pruned.
    /// </summary>
    public static EraBook Along(ModelVersion version, Func<ModelVersion, VersionManifest?> find)
    {
        Stack<VersionManifest> line = new();
        for (VersionManifest? at = find(version); at is not null; at = at.Parent is { } parent ? find(parent) : null)
        {
            Check.That(line.Count == 0 || at.Version < line.Peek().Version, "a version's parent is older than itself");
            line.Push(at);
        }
        return line.Aggregate(Empty, (book, manifest) => book.After(manifest));
    }

    public EraReference? Find(int era, string objective) =>
        Eras.FirstOrDefault(reference => reference.Era == era && reference.Objective == objective);

    internal FeatureHealth? LastHealth(string tower) => Features.FirstOrDefault(health => health.Tower == tower);

    internal double? UsualGradientNorm(string objective) =>
        Gradients.FirstOrDefault(reference => reference.Objective == objective)?.Usual;

    /// <summary>How far an objective's training loss usually rises within a cycle, in its own unit.</summary>
    internal double? UsualRise(string objective) => Peaks.FirstOrDefault(reference => reference.Objective == objective)?.Usual;

    private List<EraReference> Merged(ModelVersion version, ProbeReport probe)
    {
        Dictionary<(int, string), EraReference> merged = [];
        foreach (EraReference known in Eras.Where(known => known.Unseen < UnseenMax))
            merged[(known.Era, known.Objective)] = known with { Unseen = known.Unseen + 1 };
        foreach (EraProbe era in probe.Eras.Where(era => double.IsFinite(era.Loss) && double.IsFinite(era.Noise)))
        {
            merged.TryGetValue((era.Era, era.Objective), out EraReference? known);
            merged[(era.Era, era.Objective)] = Better(known, era, version);
        }
        return [.. merged.Values.OrderBy(reference => reference.Era).ThenBy(reference => reference.Objective, StringComparer.Ordinal)];
    }

    /// <summary>The lower of the two; other sentinels are another question, so the new value starts afresh.</summary>
    private static EraReference Better(EraReference? known, EraProbe era, ModelVersion version)
    {
        EraReference now = new(era.Era, era.Objective, era.Loss, era.Noise, era.TrivialLoss, era.Count, 1, version, era.Set, 0) { Groups = era.Groups };
        if (known is null || !known.IsComparable(era)) return now;
        EraReference better = known.Loss <= era.Loss ? known with { Unbeaten = known.Unbeaten + 1 } : now;
        return better with { Promotions = known.Promotions + 1, Unseen = 0 };
    }

    /// <summary>What is the last one of its tower no more comes behind those before it.</summary>
    private List<FeatureHealth> Earlier(IReadOnlyList<FeatureHealth> probed) =>
    [
        .. EarlierFeatures.Concat(Features.Where(known => probed.Any(health => health.Tower == known.Tower)))
            .GroupBy(health => health.Tower).OrderBy(own => own.Key, StringComparer.Ordinal).SelectMany(own => own.TakeLast(RecentCycles.Max - 1)),
    ];

    private List<FeatureHealth> Merged(IReadOnlyList<FeatureHealth> probed) =>
    [
        .. Features.Where(known => probed.All(health => health.Tower != known.Tower)).Concat(probed)
            .OrderBy(health => health.Tower, StringComparer.Ordinal),
    ];

    private List<GradientReference> Merged(CycleReport? report)
    {
        Dictionary<string, GradientReference> gradients = Gradients.ToDictionary(known => known.Objective);
        foreach (ObjectiveSummary summary in (report?.Objectives.Values ?? []).Where(summary => double.IsFinite(summary.GradientNormMax)))
        {
            gradients[summary.Objective] = gradients.TryGetValue(summary.Objective, out GradientReference? known)
                ? known.After(summary.GradientNormMax)
                : GradientReference.Of(summary.Objective, summary.GradientNormMax);
        }
        return [.. gradients.Values.OrderBy(reference => reference.Objective, StringComparer.Ordinal)];
    }

    private List<LossPeakReference> MergedPeaks(CycleReport? report)
    {
        Dictionary<string, LossPeakReference> peaks = Peaks.ToDictionary(known => known.Objective);
        foreach (ObjectiveSummary summary in report?.Objectives.Values ?? [])
        {
            if (summary.Peak is not { } peak) continue;
            IReadOnlyList<double> recent = peaks.GetValueOrDefault(summary.Objective)?.Recent ?? [];
            peaks[summary.Objective] = new LossPeakReference(summary.Objective, RecentCycles.After(recent, peak.Rise));
        }
        return [.. peaks.Values.OrderBy(reference => reference.Objective, StringComparer.Ordinal)];
    }
}
