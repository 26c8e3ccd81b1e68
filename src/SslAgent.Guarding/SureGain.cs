namespace SslAgent.Guarding;

/// <summary>
/// What surely learned: objectives whose held-out loss, over all eras, lies below the best that the promoted line reached, and below the trivial loss, by more than the tolerance and more than chance: the forgetting
/// policy's rule for means with the sign turned. A version that knew so much less is no measure of what features should look like.
/// </summary>
internal static class SureGain
{
    /// <summary>Their names.</summary>
    public static IReadOnlySet<string> Of(GuardInput input, GuardOptions options)
    {
        EraComparison[] asked = [.. EraComparison.WithFilling(input.Probe, input.Book).Where(comparison => Tells(comparison, options)).Select(comparison => comparison.AtMostTrivial())];
        MeanRise[] means = [.. MeanRise.ByObjective(asked)];
        double rate = Normal.SharedRate(options.FalseAlarmRate, Math.Max(1, means.Length));
        return means.Where(mean => -mean.Rise > options.MeanRiseMax + mean.Chance(rate)).Select(mean => mean.Objective).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Enough samples on both sides, and something to know: of equal frames there is nothing.</summary>
    private static bool Tells(EraComparison comparison, GuardOptions options) =>
        Math.Min(comparison.Now.Count, comparison.Best.Count) >= options.EraCountMin && comparison.Best.TrivialLoss > 0;
}
