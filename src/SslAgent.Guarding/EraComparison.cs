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

    private EraComparison(EraProbe now, EraReference best, double noise, double freedom) => (Now, Best, Bar, Noise, Freedom) = (now, best, best.Loss, noise, freedom);

    public EraProbe Now { get; }

    public EraReference Best { get; }

    /// <summary>What the loss is held against: the best, unless <see cref="AtMostTrivial"/>.</summary>
    private double Bar { get; init; }

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

    public double Rise => (Now.Loss - Bar) / Scale;

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
            if (book.Find(now.Era, now.Objective) is { } best && best.IsComparable(now)) yield return Paired(now, best);
        }
    }

    /// <summary>
    /// Those, and eras that are still being filled, by what is known of those: other samples of the same kind, so that each loss has the uncertainty of its own samples. Where those of now cost less that knows
    /// nothing, the best is taken to have cost so much less too; never more, since of few samples the trivial loss is low by itself. The best is what the last promoted version had. It takes a large difference to show so, as a line has in its
    /// first versions, when it has no other eras yet.
    /// </summary>
    public static IEnumerable<EraComparison> WithFilling(ProbeReport probe, EraBook book) => All(probe, book).Concat(
        from now in probe.Eras
        where double.IsFinite(now.Loss) && now.Groups.Count > 1 && now.TrivialLoss > 0
        let best = book.Find(now.Era, now.Objective)
        where best is not null && !best.IsComparable(now) && best.Groups.Count > 1 && best.TrivialLoss > 0
        select Apart(now, best));

    /// <summary>The same against what a model that learned nothing gets, where the best was worse than that: to come down to there takes no knowledge of the sample.</summary>
    public EraComparison AtMostTrivial() => this with { Bar = Math.Min(Best.Loss, Best.TrivialLoss) };

    private static EraComparison Paired(EraProbe now, EraReference best)
    {
        int groups = now.Groups.Count;
        // Probed before groups were recorded: all that is known is how much each loss moves with the masks.
        if (groups < 2 || groups != best.Groups.Count)
            return new EraComparison(now, best, Math.Sqrt(now.Noise * now.Noise + best.Noise * best.Noise), double.PositiveInfinity);
        return new EraComparison(now, best, Math.Sqrt(VarianceOfMean([.. now.Groups.Zip(best.Groups, (after, before) => after - before)])), groups - 1);
    }

    /// <summary>Two independent means; their freedom by Welch (1947).</summary>
    private static EraComparison Apart(EraProbe now, EraReference best)
    {
        double easier = Math.Min(1, now.TrivialLoss / best.TrivialLoss);
        EraReference asked = best with { Loss = best.Loss * easier, TrivialLoss = now.TrivialLoss, Groups = [.. best.Groups.Select(loss => loss * easier)] };
        double ours = VarianceOfMean(now.Groups), theirs = VarianceOfMean(asked.Groups), both = ours + theirs;
        double freedom = both > 0 ? both * both / (ours * ours / (now.Groups.Count - 1) + theirs * theirs / (best.Groups.Count - 1)) : double.PositiveInfinity;
        return new EraComparison(now, asked, Math.Sqrt(both), freedom);
    }

    private static double VarianceOfMean(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1) / values.Count;
    }
}
