using SslAgent.Domain;

namespace SslAgent.Continual.Measures;

/// <summary>An estimate and the interval that holds 95 % of its resamples.</summary>
internal readonly record struct Interval(double Estimate, double Low, double High);

/// <summary>Which items the seeds have.</summary>
internal enum Items
{
    /// <summary>Each seed its own: they are drawn anew inside each.</summary>
    OfEachSeed = 0,

    /// <summary>The same for all: what is drawn of them stands for all seeds, so that more seeds make no more items of them.</summary>
    Shared = 1,
}

/// <summary>
/// Differences between two methods on the same seeds and items: seeds are drawn anew, and the items, in pairs. With one seed it is the items alone. Few seeds drawn anew understate how much seeds differ.
/// </summary>
internal static class PairedBootstrap
{
    private const int Resamples = 2000;

    /// <summary>Mean of the first less that of the second.</summary>
    public static Interval Difference(IReadOnlyList<(float[] First, float[] Second)> seeds, Items items) => Of(seeds, items, (first, second) => first - second);

    /// <summary>The same as a share of the second's mean.</summary>
    public static Interval RelativeDifference(IReadOnlyList<(float[] First, float[] Second)> seeds, Items items) =>
        Of(seeds, items, (first, second) => (first - second) / second);

    private static Interval Of(IReadOnlyList<(float[] First, float[] Second)> seeds, Items items, Func<double, double, double> difference)
    {
        Check.That(seeds.Count > 0 && seeds.All(seed => seed.First.Length == seed.Second.Length && seed.First.Length > 0), "items come in pairs");
        Check.That(items == Items.OfEachSeed || seeds.All(seed => seed.First.Length == seeds[0].First.Length), "shared items are as many for every seed");
        double estimate = difference(seeds.Average(seed => seed.First.Average(value => (double)value)), seeds.Average(seed => seed.Second.Average(value => (double)value)));
        var chance = new Philox(new DrawKey(1, 0, 0, ChanceStream.Test));
        var drawn = new double[Resamples];
        for (int i = 0; i < Resamples; i++) drawn[i] = Resample(seeds, items, difference, ref chance);
        Array.Sort(drawn);
        return new Interval(estimate, drawn[Resamples / 40], drawn[Resamples - 1 - (Resamples / 40)]);
    }

    private static double Resample(IReadOnlyList<(float[] First, float[] Second)> seeds, Items items, Func<double, double, double> difference, ref Philox chance)
    {
        double first = 0, second = 0;
        var drawn = new int[seeds.Max(seed => seed.First.Length)];
        if (items == Items.Shared) Draw(drawn, ref chance);
        for (int i = 0; i < seeds.Count; i++)
        {
            (float[] mine, float[] theirs) = seeds[chance.NextInt(seeds.Count)];
            Span<int> own = drawn.AsSpan(0, mine.Length);
            if (items == Items.OfEachSeed) Draw(own, ref chance);
            double sumMine = 0, sumTheirs = 0;
            foreach (int item in own)
            {
                sumMine += mine[item];
                sumTheirs += theirs[item];
            }

            first += sumMine / mine.Length / seeds.Count;
            second += sumTheirs / mine.Length / seeds.Count;
        }

        return difference(first, second);
    }

    /// <summary>As many items as there are, some of them more than once.</summary>
    private static void Draw(Span<int> drawn, ref Philox chance)
    {
        for (int i = 0; i < drawn.Length; i++) drawn[i] = chance.NextInt(drawn.Length);
    }
}
