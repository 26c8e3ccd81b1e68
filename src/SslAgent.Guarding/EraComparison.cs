using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// One era's held-out loss now, beside the best that the promoted line ever reached on it. The one place that says how far it rose and how uncertain that is: what stops a
/// version and what moves the share of new samples go by the same numbers.
/// <para>
/// How uncertain the difference of two losses is, their groups of sentinels tell, compared pair by pair: the same samples under the same masks, so that what differs is the
/// weights, and how differently single samples feel them.
/// </para>
/// </summary>
internal sealed record EraComparison
{
    /// <summary>Earlier values that a comparison counts as so many chances to err: beyond it more of them hardly lower the best, see docs/decisions/0090.</summary>
    private const int LooksMax = 64;

    private EraComparison(EraProbe now, EraReference best)
    {
        (Now, Best) = (now, best);
        int groups = now.Groups.Count;
        if (groups < 2 || groups != best.Groups.Count)
        {
            // Probed before groups were recorded: all that is known is how much each loss moves with the masks.
            (Noise, Freedom) = (Math.Sqrt(now.Noise * now.Noise + best.Noise * best.Noise), double.PositiveInfinity);
            return;
        }

        double[] rises = [.. now.Groups.Zip(best.Groups, (after, before) => after - before)];
        double mean = rises.Average();
        Noise = Math.Sqrt(rises.Sum(rise => (rise - mean) * (rise - mean)) / (groups - 1) / groups);
        Freedom = groups - 1;
    }

    public EraProbe Now { get; }

    public EraReference Best { get; }

    /// <summary>Standard deviation of the difference.</summary>
    public double Noise { get; }

    /// <summary>Degrees of freedom of that standard deviation; infinite where it is taken as known.</summary>
    public double Freedom { get; }

    /// <summary>What the best version had gained on one that learned nothing.</summary>
    public double Gained => Math.Max(0, Best.TrivialLoss - Best.Loss);

    /// <summary>
    /// What a rise is a share of: the loss itself or the gain, whichever is larger. A contrastive loss near zero doubles
    /// by a trifle, and a reconstruction's whole gain may be a sixth of its loss: neither alone is a measure.
    /// </summary>
    public double Scale => Math.Max(Math.Max(Best.Loss, Gained), double.Epsilon);

    public double Rise => (Now.Loss - Best.Loss) / Scale;

    public double RiseNoise => Noise / Scale;

    /// <summary>Chances to err: the best of k values is k of them, since the lowest of k noisy values lies low by chance alone.</summary>
    public int Looks => Math.Min(Best.Promotions, LooksMax);

    /// <summary>By how much the best lies low by chance alone, where nothing was learned or lost since it was reached.</summary>
    public double Luck => Normal.LargestOf(Alike) * RiseNoise / Math.Sqrt(2);

    /// <summary>Standard deviation of the rise less that luck: the best of many values varies less than each of them does.</summary>
    public double NoiseBesideLuck => RiseNoise * Math.Sqrt((1 + Normal.LargestVarianceOf(Alike)) / 2);

    /// <summary>
    /// How many values that differ by chance alone the best is the best of. The lowest of so many is as often among the first as among the last, so they are about twice the versions since
    /// that did not beat it: one where the loss still falls, all where it stands still.
    /// </summary>
    private int Alike => 2 * Best.Unbeaten + 1;

    /// <summary>All that can be compared: an era whose sentinels changed since is still being filled, and its loss answers another question.</summary>
    public static IEnumerable<EraComparison> All(ProbeReport probe, EraBook book)
    {
        foreach (EraProbe now in probe.Eras.Where(era => double.IsFinite(era.Loss)))
        {
            if (book.Find(now.Era, now.Objective) is { } best && best.IsComparable(now)) yield return new EraComparison(now, best);
        }
    }
}
