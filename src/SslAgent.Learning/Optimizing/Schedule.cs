using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Optimizing;

/// <summary>
/// Step size as a pure function of a section's counter: linear warm-up, then constant for ever, so that no end of training has to be known
/// (the "infinite" schedule of Ibrahim et al. 2024 without its annealing).
/// </summary>
internal static class Schedule
{
    /// <summary>For the step about to be taken, the first one being number 0 of its section.</summary>
    public static double Rate(OptimizerPlan plan, SectionCounter counter)
    {
        long sinceWarm = counter.Steps - counter.WarmFrom;
        double warmth = plan.WarmupSteps == 0 ? 1 : Math.Min(1.0, (sinceWarm + 1.0) / plan.WarmupSteps);
        return plan.LearningRate * warmth;
    }
}
