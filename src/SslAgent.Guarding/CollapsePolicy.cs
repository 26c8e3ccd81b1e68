using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// Features must stay apart. A tower that maps everything to few directions may still show a fine loss, and so may a joint space between healthy towers; what the features look like tells:
/// <list type="bullet">
/// <item>effective rank (RankMe, Garrido et al. 2023) and std against 1/√d (Chen and He 2021): few directions, or one;</item>
/// <item>the smaller half of the singular values: dimensions that died one by one (Jing et al. 2022) long before the rank shows it;</item>
/// <item>uniformity (Wang and Isola 2020): everything in one place. Alignment is reported beside it: alone it cannot tell good from collapsed.</item>
/// </list>
/// Floors are absolute for rank and std (a collapsed tower is collapsed whatever came before, in a line's first version too), and relative to the last promoted version. A fall by little in each
/// version is seen in rank and std by a wider floor, relative to the best of the last promoted ones: a young tower changes by more than half within a few of them, and is well. What falls so slowly that even
/// the oldest of them is within the limit ends at the absolute floor.
/// All shares are what is tolerated beyond chance: how uncertain each measure is, its probe tells (<see cref="SpaceMeasure"/>).
/// A training loss that plunges while the held-out one stands still is the tell-tale: what falls so fast and helps nobody is no learning. Then
/// features are held to a narrower limit. The contrary is an objective that no collapsed tower answers well and that has surely learned (<see cref="SureGain"/>): a young tower rearranges itself while it
/// learns, the versions before it knew much less and are no measure of it, and only a fall that would be rejected counts.
/// </summary>
internal static class CollapsePolicy
{
    private const string Name = "collapse";

    public static IEnumerable<Finding> Judge(GuardInput input, GuardOptions options)
    {
        FeatureHealth[] spaces = [.. input.Probe.Spaces.Where(health => health.Count >= options.FeatureCountMin)];
        SpaceMeasure[] measures = [.. spaces.SelectMany(health => SpaceMeasure.Of(health, input.Book, options))];
        double rate = Normal.SharedRate(options.FalseAlarmRate, measures.Sum(measure => measure.Looks));
        string[] plunged = [.. Plunged(input, options)];
        IReadOnlySet<string> learned = SureGain.Of(input, options);
        foreach (SpaceMeasure measure in measures)
        {
            string[] vouching = plunged.Length > 0
                ? []
                : [.. input.Probe.Witnesses.Where(witness => witness.Tower == measure.Space && learned.Contains(witness.Objective)).Select(witness => witness.Objective)];
            yield return Judge(measure, rate, plunged, vouching, options);
        }
    }

    private static Finding Judge(SpaceMeasure measure, double rate, string[] plunged, string[] vouching, GuardOptions options)
    {
        string telltale =
            plunged.Length > 0 ? $" ({string.Join(" and ", plunged)} training loss plunged, the held-out one stands still)"
            : vouching.Length > 0 ? $" (while {string.Join(" and ", vouching)} learned)"
            : "";
        double reject = measure.Least(options.HealthShareReject, rate);
        double hold = vouching.Length > 0 ? reject : measure.Least(options.HealthShareHold, rate);
        if (plunged.Length > 0) hold = Math.Max(hold, measure.LeastOfLast(options.HealthSharePlunge, rate));
        return Finding.Floor(Name, $"{measure.Space} {measure.Name}{telltale}", measure.Value, hold, reject, measure.Unit);
    }

    /// <summary>Objectives whose training loss fell far within the cycle while their held-out loss, where it can be compared, did not.</summary>
    private static IEnumerable<string> Plunged(GuardInput input, GuardOptions options)
    {
        foreach (ObjectiveSummary summary in input.Report.Objectives.Values)
        {
            if (input.TrivialLoss(summary.Objective) is not { } trivial) continue;
            double fall = (summary.LossFirst - summary.LossLast) / trivial;
            double[] gains =
            [
                .. from era in input.Probe.Eras
                   where era.Objective == summary.Objective && era.Count >= options.EraCountMin
                   let best = input.Book.Find(era.Era, era.Objective)
                   where best is not null && best.IsComparable(era)
                   select (best.Loss - era.Loss) / trivial,
            ];
            if (gains.Length > 0 && fall >= options.PlungeMin && gains.Average() <= 0.1 * fall) yield return summary.Objective;
        }
    }
}
