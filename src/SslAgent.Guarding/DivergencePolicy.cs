using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// Training must not run away. A cycle draws from one frozen view, so its loss has no reason to rise between its first tenth and its last
/// beyond the noise of the steps that were averaged; nor has the gradient to be many times what is usual in this line.
/// What diverges so fast that the first tenth is already spoilt shows in the probes, and is the forgetting policy's business.
/// </summary>
internal static class DivergencePolicy
{
    private const string Name = "divergence";

    /// <summary>Standard deviations granted to the difference of two averaged tenths; one-sided 0.1 %.</summary>
    private const double SpikeZ = 3.09;

    public static IEnumerable<Finding> Judge(GuardInput input, GuardOptions options)
    {
        foreach (ObjectiveSummary summary in input.Report.Objectives.Values)
        {
            if (summary.Steps <= summary.SkippedSteps) continue;
            if (input.TrivialLoss(summary.Objective) is { } trivial) yield return Spike(summary, trivial, options);
            if (input.Book.UsualGradientNorm(summary.Objective) is { } usual and > 0)
            {
                yield return Finding.Ceiling(Name, $"{summary.Objective} largest gradient norm", summary.GradientNormMax,
                    usual * options.GradientRatioHold, usual * options.GradientRatioReject, "L2 norm before clipping");
            }
        }
    }

    private static Finding Spike(ObjectiveSummary summary, double trivial, GuardOptions options)
    {
        int stepsAveraged = Math.Max(1, summary.Steps / 10);
        double noise = SpikeZ * options.StepNoise * Math.Sqrt(2.0 / stepsAveraged);
        double rise = (summary.LossLast - summary.LossFirst) / trivial;
        return Finding.Ceiling(Name, $"{summary.Objective} training loss, last tenth over first", rise,
            options.LossSpikeHold + noise, options.LossSpikeReject + noise, "of the trivial loss");
    }
}
