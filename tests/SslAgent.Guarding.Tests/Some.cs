using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

/// <summary>Builders: a healthy value of everything, from which a test changes what it is about.</summary>
internal static class Some
{
    public static EraProbe Era(
        int era, double loss, string objective = "mae", double noise = 0.002, double trivial = 0.667, int count = 64, long set = 7) =>
        new(era, objective, loss, noise, trivial, count, set);

    public static FeatureHealth Tower(string tower = "frames", double rank = 40, double std = 0.3, int count = 128) => new(tower, rank, std, 192, count);

    public static ObjectiveSummary Summary(
        string objective = "mae", double first = 0.6, double last = 0.58, double norm = 1, int steps = 100, int skipped = 0) =>
        new(objective, steps, steps * 64L, first, last, norm, skipped, 1);

    public static CycleReport Report(params ObjectiveSummary[] summaries) =>
        new(new CycleNumber(2), summaries.Sum(summary => summary.Steps), summaries.ToDictionary(summary => summary.Objective), []);

    public static ProbeReport Probe(params EraProbe[] eras) => new(eras, [Tower()], null);

    /// <summary>The book after one promoted version with these eras and a report of <see cref="Summary"/>.</summary>
    public static EraBook Book(params EraProbe[] eras) =>
        EraBook.Empty.Promoted(new ModelVersion(1), Probe(eras), Report(Summary()));

    public static GuardInput Input(ProbeReport probe, EraBook book, CycleReport? report = null) => new(report ?? Report(Summary()), probe, book);

    public static Verdict Judge(GuardInput input) => new Guard(new GuardOptions()).Judge(input);

    public static VersionManifest Manifest(
        int version, int? parent, VerdictKind verdict, ProbeReport probe, VersionKind kind = VersionKind.Cycle, int? rolledBackTo = null) => new(
        new ModelVersion(version), parent is { } p ? new ModelVersion(p) : null, rolledBackTo is { } r ? new ModelVersion(r) : null, kind, "lineage",
        DateTimeOffset.UnixEpoch, new CycleNumber(version), 100, version * 1000L, [], new Verdict(verdict, []), probe, Report(Summary()), "raw", "d",
        default, "f", true, null, []);

    /// <summary>A standard normal number (Box and Muller).</summary>
    public static double Gaussian(ref Philox chance) =>
        Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
