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
/// A training loss that plunges while the held-out one stands still is the tell-tale: what falls so fast and helps nobody is no learning. Then
/// features are held to a narrower limit. The contrary is an objective that no collapsed tower answers well and that has surely learned (<see cref="SureGain"/>): a young tower rearranges itself while it
/// learns, the versions before it knew much less and are no measure of it, and only a fall that would be rejected counts.
/// </summary>
internal static class CollapsePolicy
{
    private const string Name = "collapse";

    public static IEnumerable<Finding> Judge(GuardInput input, GuardOptions options)
    {
        string[] plunged = [.. Plunged(input, options)];
        IReadOnlySet<string> learned = SureGain.Of(input, options);
        foreach (FeatureHealth health in input.Probe.Spaces)
        {
            if (health.Count < options.FeatureCountMin) continue;
            FeatureHealth? before = input.Book.LastHealth(health.Tower) is { } last && IsComparable(health, last) ? last : null;
            FeatureHealth[] recent = [.. input.Book.RecentHealth(health.Tower).Where(known => IsComparable(health, known))];
            string[] vouching = plunged.Length > 0
                ? []
                : [.. input.Probe.Witnesses.Where(witness => witness.Tower == health.Tower && learned.Contains(witness.Objective)).Select(witness => witness.Objective)];
            Limits limits = new(health.Tower, plunged, vouching, options);
            yield return limits.Judge(
                "effective rank", health.EffectiveRank, before?.EffectiveRank, recent.Max(known => (double?)known.EffectiveRank), options.RankFloor, "directions");
            yield return limits.Judge("std ratio", health.StdRatio, before?.StdRatio, recent.Max(known => (double?)known.StdRatio), options.StdRatioFloor, "of 1/sqrt(d)");
            // The lesser directions weigh less the more samples there are, and the greater ones grow while a tower learns: only probes of one size compare, by wider limits.
            if (health.TailShare is { } tail && before?.TailShare is { } tailBefore && IsOfOneSize(health, before))
                yield return limits.Judge("smaller half of the singular values", tail, tailBefore, best: null, 0, "of their sum", power: 2);
            // Uniformity goes with the square of the spread, and so do its limits.
            if (health.Uniformity is { } uniformity && before?.Uniformity is { } uniformityBefore)
                yield return limits.Judge("uniformity, negated", -uniformity, -uniformityBefore, best: null, 0, "nats", power: 2);
        }
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

    /// <summary>The rank of few samples is low by itself: against a much larger or wider probe only the absolute floor counts.</summary>
    private static bool IsComparable(FeatureHealth now, FeatureHealth before) => before.Width == now.Width && now.Count * 2L >= before.Count;

    /// <summary>Counts within a fifth of each other.</summary>
    private static bool IsOfOneSize(FeatureHealth now, FeatureHealth before) => now.Count * 5L >= before.Count * 4L && now.Count * 4L <= before.Count * 5L;

    /// <summary>One tower's limits.</summary>
    private sealed class Limits(string tower, string[] plunged, string[] vouching, GuardOptions options)
    {
        private readonly string _telltale =
            plunged.Length > 0 ? $" ({string.Join(" and ", plunged)} training loss plunged, the held-out one stands still)"
            : vouching.Length > 0 ? $" (while {string.Join(" and ", vouching)} learned)"
            : "";

        /// <param name="before">The last promoted version's value.</param>
        /// <param name="best">The best of the promoted versions that are remembered; null where a slow fall is none.</param>
        public Finding Judge(string measure, double value, double? before, double? best, double floor, string unit, int power = 1)
        {
            double Least(double share) => Math.Max(floor, Math.Max((before ?? 0) * Math.Pow(share, power), (best ?? 0) * Math.Pow(share, power + 1)));
            double hold = Least(vouching.Length > 0 ? options.HealthShareReject : options.HealthShareHold);
            if (plunged.Length > 0) hold = Math.Max(hold, (before ?? 0) * Math.Pow(options.HealthSharePlunge, power));
            return Finding.Floor(Name, $"{tower} {measure}{_telltale}", value, hold, Least(options.HealthShareReject), unit);
        }
    }
}
