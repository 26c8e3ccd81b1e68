using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// What was once known stays known. Each era's held-out loss is compared with the best value that the promoted line ever reached on it, so
/// that small losses do not add up unseen: the tolerance is a budget over the whole line, not per version.
/// <para>
/// A comparison fails where the rise exceeds the tolerance by more than chance. How uncertain the difference of two losses is, their groups of
/// sentinels tell, compared pair by pair: the same samples under the same masks, so that what differs is the weights, and how
/// differently single samples feel them. Sixteen groups know their own spread badly, hence Student's t. What is granted is t times
/// that spread, t from the false alarm rate shared (Sidak) over all comparisons. Comparing with the best of k promoted values is k
/// comparisons, since the lowest of k noisy values lies low by chance alone. The mean over an objective's eras has less noise, so it
/// catches what is too small to see in any single one.
/// </para>
/// <para>An era whose sentinels changed since is still being filled: its loss answers another question, and is not judged.</para>
/// </summary>
internal static class ForgettingPolicy
{
    private const string Name = "forgetting";

    public static IEnumerable<Finding> Judge(GuardInput input, GuardOptions options)
    {
        Comparison[] comparisons = [.. Comparisons(input, options)];
        if (comparisons.Length == 0) yield break;
        string[] objectives = [.. comparisons.Select(comparison => comparison.Now.Objective).Distinct()];
        int looks = comparisons.Sum(comparison => comparison.Best.Promotions) + objectives.Length * input.Book.Promotions;
        double rate = Normal.SharedRate(options.FalseAlarmRate, looks);
        foreach (Comparison comparison in comparisons) yield return OneEra(comparison, rate, options);
        foreach (string objective in objectives)
        {
            Comparison[] own = [.. comparisons.Where(comparison => comparison.Now.Objective == objective)];
            if (own.Length > 1) yield return MeanOfEras(objective, own, rate, options);
        }
    }

    private static IEnumerable<Comparison> Comparisons(GuardInput input, GuardOptions options)
    {
        foreach (EraProbe now in input.Probe.Eras)
        {
            if (now.Count < options.EraCountMin || !double.IsFinite(now.Loss)) continue;
            if (input.Book.Find(now.Era, now.Objective) is { } best && best.IsComparable(now)) yield return new Comparison(now, best);
        }
    }

    private static Finding OneEra(Comparison comparison, double rate, GuardOptions options)
    {
        double best = comparison.Best.Loss;
        double chance = StudentT.QuantileAbove(rate, comparison.Freedom) * comparison.Noise;
        double hold = best + options.EraRiseMax * comparison.Scale + chance;
        double reject = best + Math.Max(options.EraRiseReject * comparison.Scale, options.SkillLostReject * comparison.Gained) + chance;
        string measure = $"{comparison.Now.Objective} loss, era {comparison.Now.Era} (best {best:G4})";
        return Finding.Ceiling(Name, measure, comparison.Now.Loss, hold, Math.Max(hold, reject), "held-out loss");
    }

    private static Finding MeanOfEras(string objective, Comparison[] own, double rate, GuardOptions options)
    {
        double rise = own.Average(comparison => comparison.Rise);
        double[] variances = [.. own.Select(comparison => comparison.RiseNoise * comparison.RiseNoise)];
        double noise = Math.Sqrt(variances.Sum()) / own.Length;
        double hold = options.MeanRiseMax + StudentT.QuantileAbove(rate, Freedom(own, variances)) * noise;
        return Finding.Ceiling(Name, $"{objective} mean rise over {own.Length} eras", rise, hold, double.MaxValue, "share of loss or gain");
    }

    /// <summary>Degrees of freedom of a sum of variances that are each uncertain (Satterthwaite 1946).</summary>
    private static double Freedom(Comparison[] own, double[] variances)
    {
        double uncertainty = own.Zip(variances, (comparison, variance) => variance * variance / comparison.Freedom).Sum();
        return uncertainty > 0 ? Math.Pow(variances.Sum(), 2) / uncertainty : double.PositiveInfinity;
    }

    /// <summary>One era now, and the best that it ever was.</summary>
    private sealed record Comparison
    {
        public Comparison(EraProbe now, EraReference best)
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
    }
}
