namespace SslAgent.Guarding;

/// <summary>
/// What surely learned: objectives whose held-out loss, over all eras, lies below the best that the promoted line reached, and below the trivial loss, by more than the tolerance and more than chance, which is
/// the forgetting policy's rule with the sign turned. A version that knew so much less is no measure of what features should look like.
/// </summary>
internal static class SureGain
{
    /// <summary>The objectives, with how much of the loss they gained.</summary>
    public static IReadOnlyDictionary<string, double> Of(GuardInput input, GuardOptions options) =>
        MeanRise.ByObjective(EraComparison.WithFilling(input.Probe, input.Book).Where(comparison => comparison.Now.Count >= options.EraCountMin).Select(comparison => comparison.AtMostTrivial()))
            .Where(mean => -mean.Rise > options.MeanRiseMax + mean.Chance(options.FalseAlarmRate))
            .ToDictionary(mean => mean.Objective, mean => -mean.Rise);
}
