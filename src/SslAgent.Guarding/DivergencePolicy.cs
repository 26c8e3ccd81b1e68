using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// Training must not run away. A cycle draws from one frozen view, so its loss has no reason to rise between its first tenth and its last
/// beyond the noise of the steps that were averaged, which their own changes tell; nor to rise in between by many times what is usual in this line, nor has the gradient to be many times its usual size.
/// What diverges so fast that the first tenth is already spoilt shows in the probes, and is the forgetting policy's business.
/// </summary>
internal static class DivergencePolicy
{
    private const string Name = "divergence";

    /// <summary>Standard deviation of a step's loss by the mean size of the change from one step to the next, where steps vary normally and independently.</summary>
    private static readonly double DeviationOfChange = Math.Sqrt(Math.PI) / 2;

    /// <summary>Degrees of freedom of such a deviation for each of the changes: neighbouring ones share a step, and sizes know a deviation less well than squares do (simulated, 24 to 1,000 steps).</summary>
    private const double FreedomOfChange = 0.6;

    /// <summary>
    /// Times that a rise within a cycle may be what is usual, or what the loss changes by from step to step: the largest of a healthy cycle's many rises lies closer to other cycles'
    /// largest than that, for steps of odd distributions too (docs/decisions/0094).
    /// </summary>
    private const double RiseRatio = 4;

    public static IEnumerable<Finding> Judge(GuardInput input, GuardOptions options)
    {
        double rate = Normal.SharedRate(options.FalseAlarmRate, input.Report.Objectives.Count);
        foreach (ObjectiveSummary summary in input.Report.Objectives.Values)
        {
            if (summary.Steps <= summary.SkippedSteps) continue;
            if (summary.Peak is { } peak && input.TrivialLoss(summary.Objective) is { } trivial)
            {
                yield return Spike(summary, peak, trivial, rate, options);
                if (input.Book.UsualRise(summary.Objective) is { } usualRise) yield return Rise(summary.Objective, peak, usualRise, trivial, options);
            }
            if (input.Book.UsualGradientNorm(summary.Objective) is { } usual and > 0)
            {
                yield return Finding.Ceiling(Name, $"{summary.Objective} largest gradient norm", summary.GradientNormMax,
                    usual * options.GradientRatioHold, usual * options.GradientRatioReject, "L2 norm before clipping");
            }
        }
    }

    private static Finding Spike(ObjectiveSummary summary, LossPeak peak, double trivial, double rate, GuardOptions options)
    {
        int taken = summary.Steps - summary.SkippedSteps, stepsAveraged = Math.Max(1, taken / 10);
        double deviation = DeviationOfChange * peak.Change * Math.Sqrt(2.0 / stepsAveraged);
        // The noise is that of the very steps that are judged: what swings to and fro as it diverges may excuse itself a little, not altogether.
        double chance = Math.Min(options.LossSpikeReject, StudentT.QuantileAbove(rate, FreedomOfChange * (taken - 1)) * deviation / trivial);
        double rise = (summary.LossLast - summary.LossFirst) / trivial;
        return Finding.Ceiling(Name, $"{summary.Objective} training loss, last tenth over first", rise,
            options.LossSpikeHold + chance, options.LossSpikeReject + chance, "of the trivial loss");
    }

    /// <summary>Never rejects: what a cycle did not make up for shows in its last tenth and in the probes.</summary>
    private static Finding Rise(string objective, LossPeak peak, double usual, double trivial, GuardOptions options) => Finding.Ceiling(
        Name, $"{objective} training loss, largest rise within the cycle", peak.Rise / trivial,
        options.LossSpikeHold + RiseRatio * Math.Max(usual, peak.Change) / trivial, double.MaxValue, "of the trivial loss");
}
