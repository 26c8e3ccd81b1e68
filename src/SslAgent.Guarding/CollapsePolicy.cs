using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// Features must stay apart. A tower that maps everything to few directions may still show a fine loss; its effective rank and the spread
/// of its features tell. Floors are absolute (a collapsed tower is collapsed whatever came before) and relative to the last promoted
/// version. A fall across many versions, each within its relative limit, ends at the absolute floor.
/// </summary>
internal static class CollapsePolicy
{
    private const string Name = "collapse";

    public static IEnumerable<Finding> Judge(GuardInput input, GuardOptions options)
    {
        foreach (FeatureHealth health in input.Probe.Features)
        {
            if (health.Count < options.FeatureCountMin) continue;
            FeatureHealth? before = Comparable(health, input.Book.LastHealth(health.Tower));
            (string rank, string std) = ($"{health.Tower} effective rank", $"{health.Tower} std ratio");
            yield return Judge(rank, health.EffectiveRank, before?.EffectiveRank, options.RankFloor, "directions", options);
            yield return Judge(std, health.StdRatio, before?.StdRatio, options.StdRatioFloor, "of 1/sqrt(d)", options);
        }
    }

    private static Finding Judge(string measure, double value, double? before, double floor, string unit, GuardOptions options)
    {
        double hold = Math.Max(floor, (before ?? 0) * options.HealthShareHold);
        double reject = Math.Max(floor, (before ?? 0) * options.HealthShareReject);
        return Finding.Floor(Name, measure, value, hold, reject, unit);
    }

    /// <summary>The rank of few samples is low by itself: against a much larger or wider probe only the absolute floor counts.</summary>
    private static FeatureHealth? Comparable(FeatureHealth now, FeatureHealth? before) =>
        before is not null && before.Width == now.Width && now.Count * 2 >= before.Count ? before : null;
}
