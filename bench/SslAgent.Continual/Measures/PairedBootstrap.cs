using SslAgent.Domain;

namespace SslAgent.Continual.Measures;

/// <summary>An estimate and the interval that holds 95 % of its resamples.</summary>
internal readonly record struct Interval(double Estimate, double Low, double High);

/// <summary>
/// Differences between two methods on the same seeds and items: seeds are drawn anew, then inside each the items, in pairs. With one seed it is the items alone.
/// </summary>
internal static class PairedBootstrap
{
    private const int Resamples = 2000;

    /// <summary>Mean of the first less that of the second.</summary>
    public static Interval Difference(IReadOnlyList<(float[] First, float[] Second)> seeds) => Of(seeds, (first, second) => first - second);

    /// <summary>The same as a share of the second's mean.</summary>
    public static Interval RelativeDifference(IReadOnlyList<(float[] First, float[] Second)> seeds) => Of(seeds, (first, second) => (first - second) / second);

    private static Interval Of(IReadOnlyList<(float[] First, float[] Second)> seeds, Func<double, double, double> difference)
    {
        Check.That(seeds.Count > 0 && seeds.All(seed => seed.First.Length == seed.Second.Length && seed.First.Length > 0), "items come in pairs");
        double estimate = difference(seeds.Average(seed => seed.First.Average(value => (double)value)), seeds.Average(seed => seed.Second.Average(value => (double)value)));
        var chance = new Philox(new DrawKey(1, 0, 0, ChanceStream.Test));
        var drawn = new double[Resamples];
        for (int i = 0; i < Resamples; i++) drawn[i] = Resample(seeds, difference, ref chance);
        Array.Sort(drawn);
        return new Interval(estimate, drawn[Resamples / 40], drawn[Resamples - 1 - (Resamples / 40)]);
    }

    private static double Resample(IReadOnlyList<(float[] First, float[] Second)> seeds, Func<double, double, double> difference, ref Philox chance)
    {
        double first = 0, second = 0;
        for (int i = 0; i < seeds.Count; i++)
        {
            (float[] mine, float[] theirs) = seeds[chance.NextInt(seeds.Count)];
            double sumMine = 0, sumTheirs = 0;
            for (int item = 0; item < mine.Length; item++)
            {
                int one = chance.NextInt(mine.Length);
                sumMine += mine[one];
                sumTheirs += theirs[one];
            }

            first += sumMine / mine.Length / seeds.Count;
            second += sumTheirs / mine.Length / seeds.Count;
        }

        return difference(first, second);
    }
}
