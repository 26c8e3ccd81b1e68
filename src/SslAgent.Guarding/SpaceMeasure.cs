using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// One measure of a tower's features or of a side of the joint space, beside what the promoted line had: what may not fall far, and how far is beyond chance.
/// <para>
/// Sentinels are a sample, and the fewer they are the less their rank or spread says of the tower: the jackknife over groups of them tells how little (<see cref="FeatureNoise"/>). What is judged does not say itself how
/// uncertain it is, or a collapse with a few outliers would excuse itself: what chance may do is told by the version before, for both. The two are taken as independent, which grants too much where they share sentinels:
/// eras that are being filled change them with every version.
/// </para>
/// </summary>
internal sealed record SpaceMeasure
{
    private Reading? _last;
    private IReadOnlyList<Reading> _earlier = [];

    public required string Space { get; init; }
    public required string Name { get; init; }
    public required string Unit { get; init; }
    public required Reading Now { get; init; }

    /// <summary>Below it a space is collapsed, whatever came before; measured on few samples too.</summary>
    public double Floor { get; init; }

    /// <summary>What goes with the square of the spread has the squares of its limits.</summary>
    public int Power { get; init; } = 1;

    public double Value => Now.Value;

    /// <summary>Chances to err.</summary>
    public int Looks => (_last is null ? 0 : 1) + _earlier.Count;

    /// <summary>A measure of so many sentinels and the standard deviation of its logarithm; 0 where that is not known, as of releases that did not record it.</summary>
    public readonly record struct Reading(double Value, double Noise, int Groups, int Count);

    /// <summary>All that is judged of a space.</summary>
    public static IEnumerable<SpaceMeasure> Of(FeatureHealth health, EraBook book, GuardOptions options)
    {
        FeatureHealth? last = book.LastHealth(health.Tower) is { } known && IsComparable(health, known) ? known : null;
        FeatureHealth[] earlier = [.. book.EarlierFeatures.Where(before => before.Tower == health.Tower && IsComparable(health, before))];
        yield return new SpaceMeasure
        {
            Space = health.Tower, Name = "effective rank", Unit = "directions", Floor = options.RankFloor,
            Now = Rank(health), _last = last is null ? null : Rank(last), _earlier = [.. earlier.Select(Rank)],
        };
        yield return new SpaceMeasure
        {
            Space = health.Tower, Name = "std ratio", Unit = "of 1/sqrt(d)", Floor = options.StdRatioFloor,
            Now = Std(health), _last = last is null ? null : Std(last), _earlier = [.. earlier.Select(Std)],
        };
        // The lesser directions weigh less the more samples there are, and the greater ones grow while a tower learns: only probes of one size compare, by wider limits.
        if (Tail(health) is { } tail && last is not null && Tail(last) is { } tailBefore && IsOfOneSize(health, last))
            yield return new SpaceMeasure { Space = health.Tower, Name = "smaller half of the singular values", Unit = "of their sum", Power = 2, Now = tail, _last = tailBefore };
        // Uniformity goes with the square of the spread, and so do its limits.
        if (Uniformity(health) is { } uniformity && last is not null && Uniformity(last) is { } uniformityBefore)
            yield return new SpaceMeasure { Space = health.Tower, Name = "uniformity, negated", Unit = "nats", Power = 2, Now = uniformity, _last = uniformityBefore };
    }

    /// <summary>The least that is let through where this share of the last version must remain, and its square of the best of those before it that are remembered.</summary>
    /// <param name="rate">How often chance may err.</param>
    public double Least(double share, double rate) => Math.Max(
        Math.Max(Floor, LeastOfLast(share, rate)),
        _earlier.Select(before => before.Value * Math.Pow(share, Power + 1) * Chance(before, rate)).DefaultIfEmpty(0).Max());

    /// <summary>The same by the last version alone.</summary>
    public double LeastOfLast(double share, double rate) => _last is { } before ? before.Value * Math.Pow(share, Power) * Chance(before, rate) : 0;

    /// <summary>What chance may leave of what a version had.</summary>
    private double Chance(Reading before, double rate)
    {
        if (before.Groups < 2) return 1;
        double both = before.Noise * Math.Sqrt(1 + ((double)before.Count / Now.Count));
        return Math.Exp(-StudentT.QuantileAbove(rate, before.Groups - 1) * both);
    }

    private static Reading Rank(FeatureHealth health) => Read(health, health.EffectiveRank, health.Noise?.EffectiveRank);

    private static Reading Std(FeatureHealth health) => Read(health, health.StdRatio, health.Noise?.StdRatio);

    private static Reading? Tail(FeatureHealth health) => health.TailShare is { } tail ? Read(health, tail, health.Noise?.TailShare) : null;

    private static Reading? Uniformity(FeatureHealth health) => health.Uniformity is { } uniformity ? Read(health, -uniformity, health.Noise?.Uniformity) : null;

    private static Reading Read(FeatureHealth health, double value, double? noise) => new(value, noise ?? 0, health.Noise?.Groups ?? 0, health.Count);

    /// <summary>The rank of few samples is low by itself: against a much larger or wider probe only the absolute floor counts.</summary>
    private static bool IsComparable(FeatureHealth now, FeatureHealth before) => before.Width == now.Width && now.Count * 2L >= before.Count;

    /// <summary>Counts within a fifth of each other.</summary>
    private static bool IsOfOneSize(FeatureHealth now, FeatureHealth before) => now.Count * 5L >= before.Count * 4L && now.Count * 4L <= before.Count * 5L;
}
