using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// Numbers must be numbers. A loss, norm or probe that is not finite rejects the version; steps skipped for that reason (they changed
/// nothing) are tolerated up to a share, because one bad sample must not cost a cycle.
/// </summary>
internal static class FinitePolicy
{
    private const string Name = "finite";

    public static IEnumerable<Finding> Judge(GuardInput input, GuardOptions options)
    {
        foreach (ObjectiveSummary summary in input.Report.Objectives.Values)
        {
            double share = summary.Steps == 0 ? 0 : (double)summary.SkippedSteps / summary.Steps;
            yield return Finding.Ceiling(
                Name, $"{summary.Objective} skipped steps", share, options.SkippedShareHold, options.SkippedShareReject, "share of steps");
        }
        foreach ((string measure, double value) in Numbers(input))
        {
            if (!double.IsFinite(value))
                yield return new Finding(
                    new VerdictReason(Name, measure, value, double.MaxValue, "finite number", VerdictKind.Reject), double.MaxValue);
        }
    }

    private static IEnumerable<(string Measure, double Value)> Numbers(GuardInput input)
    {
        foreach (ObjectiveSummary summary in input.Report.Objectives.Values.Where(summary => summary.Steps > summary.SkippedSteps))
        {
            yield return ($"{summary.Objective} training loss, first tenth", summary.LossFirst);
            yield return ($"{summary.Objective} training loss, last tenth", summary.LossLast);
            yield return ($"{summary.Objective} largest gradient norm", summary.GradientNormMax);
        }
        foreach (EraProbe era in input.Probe.Eras)
        {
            yield return ($"{era.Objective} loss, era {era.Era}", era.Loss);
            yield return ($"{era.Objective} loss noise, era {era.Era}", era.Noise);
        }
        foreach (FeatureHealth health in input.Probe.Spaces)
        {
            yield return ($"{health.Tower} effective rank", health.EffectiveRank);
            yield return ($"{health.Tower} std ratio", health.StdRatio);
            if (health.Uniformity is { } uniformity) yield return ($"{health.Tower} uniformity", uniformity);
            if (health.TailShare is { } tail) yield return ($"{health.Tower} smaller half of the singular values", tail);
        }
        if (input.Probe.Retrieval is not { } retrieval) yield break;
        yield return ("text to frame recall@1", retrieval.RecallAt1);
        yield return ("text to frame recall@10", retrieval.RecallAt10);
    }
}
