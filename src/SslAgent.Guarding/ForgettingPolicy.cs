namespace SslAgent.Guarding;

/// <summary>
/// What was once known stays known. Each era's held-out loss is compared with the best value that the promoted line ever reached on it, so
/// that small losses do not add up unseen: the tolerance is a budget over the whole line, not per version.
/// <para>
/// A comparison fails where the rise exceeds the tolerance by more than chance. How uncertain a comparison is, <see cref="EraComparison"/> tells; sixteen groups know their own
/// spread badly, hence Student's t. What is granted is t times that spread, t from the false alarm rate: one half of it is shared (Sidak) over all comparisons of
/// single eras, the best of k promoted values being k comparisons, the other over the means of each objective's eras. In a mean each era's best lies low by its own chance, which no
/// number of comparisons stands for: what is to be expected of that is granted too.
/// </para>
/// </summary>
internal static class ForgettingPolicy
{
    private const string Name = "forgetting";

    public static IEnumerable<Finding> Judge(GuardInput input, GuardOptions options)
    {
        EraComparison[] comparisons = [.. EraComparison.All(input.Probe, input.Book).Where(comparison => comparison.Now.Count >= options.EraCountMin)];
        if (comparisons.Length == 0) yield break;
        MeanRise[] means = [.. MeanRise.ByObjective(comparisons)];
        double eraRate = Normal.SharedRate(options.FalseAlarmRate / 2, comparisons.Sum(comparison => comparison.Looks));
        double meanRate = Normal.SharedRate(options.FalseAlarmRate / 2, means.Length);
        foreach (EraComparison comparison in comparisons) yield return OneEra(comparison, eraRate, options);
        foreach (MeanRise mean in means.Where(mean => mean.Eras > 1)) yield return MeanOfEras(mean, meanRate, options);
    }

    private static Finding OneEra(EraComparison comparison, double rate, GuardOptions options)
    {
        double best = comparison.Best.Loss;
        double chance = StudentT.QuantileAbove(rate, comparison.Freedom) * comparison.Noise;
        double hold = best + options.EraRiseMax * comparison.Scale + chance;
        double reject = best + Math.Max(options.EraRiseReject * comparison.Scale, options.SkillLostReject * comparison.Gained) + chance;
        string measure = $"{comparison.Now.Objective} loss, era {comparison.Now.Era} (best {best:G4})";
        return Finding.Ceiling(Name, measure, comparison.Now.Loss, hold, Math.Max(hold, reject), "held-out loss");
    }

    private static Finding MeanOfEras(MeanRise mean, double rate, GuardOptions options) => Finding.Ceiling(
        Name, $"{mean.Objective} mean rise over {mean.Eras} eras", mean.Rise, options.MeanRiseMax + mean.Luck + mean.Chance(rate), double.MaxValue, "share of loss or gain");
}
