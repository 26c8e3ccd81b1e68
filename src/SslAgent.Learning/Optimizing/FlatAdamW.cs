using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Optimizing;

/// <summary>What a step did, still on the device.</summary>
/// <param name="Norm">Gradient norm before clipping, scalar fp32.</param>
/// <param name="Taken">1 where the step was taken, 0 where it was masked, scalar fp32.</param>
/// <param name="Rate">Step size of the objective's own section.</param>
internal readonly record struct StepOutcome(Tensor Norm, Tensor Taken, double Rate);

/// <summary>
/// AdamW (Loshchilov and Hutter 2019, algorithm 2) on whole ranges, after clipping the global gradient norm.
/// A step whose loss or gradient is not finite changes nothing: it is masked by a device scalar, so the host never waits to find out.
/// </summary>
/// <remarks>
/// With k = 1 for a finite step and 0 for a masked one: m += k(1-b1)(g - m); v += k(1-b2)(g² - v);
/// p -= k·lr·wd·p on the decayed part; p -= k·lr/(1-b1^t) · m / (√v/√(1-b2^t) + eps). We differ from the paper in nothing but k; a masked step still counts in t.
/// </remarks>
internal static class FlatAdamW
{
    private const double NormEpsilon = 1e-6;

    /// <summary>Takes one step of the named sections.</summary>
    /// <param name="loss">The step's loss, scalar fp32.</param>
    public static StepOutcome Step(FlatParameters parameters, OptimizerPlan plan, IReadOnlyList<string> sections, Tensor loss)
    {
        SectionRange[] ranges = [.. sections.Select(parameters.Section)];
        Tensor[] gradients = [.. ranges.Select(parameters.Gradient)];
        Tensor squares = gradients[0].dot(gradients[0]);
        for (var i = 1; i < gradients.Length; i++) squares = squares + gradients[i].dot(gradients[i]);
        Tensor finite = isfinite(squares + loss.detach());
        Tensor taken = finite.to_type(ScalarType.Float32);
        Tensor norm = squares.sqrt();
        Tensor scale = plan.ClipNorm > 0 ? (plan.ClipNorm / (norm + NormEpsilon)).clamp(max: 1) : ones_like(norm);
        double rate = Schedule.Rate(plan, parameters.Counter(sections[^1]));
        for (var i = 0; i < ranges.Length; i++)
        {
            // Zeros in place of what is not finite: 0 times NaN would still be NaN.
            Tensor gradient = where(finite, gradients[i] * scale, zeros_like(norm));
            StepRange(parameters, plan, ranges[i], gradient, taken);
            parameters.RefreshCompute(ranges[i]);
        }

        return new StepOutcome(norm, taken, rate);
    }

    private static void StepRange(FlatParameters parameters, OptimizerPlan plan, SectionRange range, Tensor gradient, Tensor taken)
    {
        SectionCounter counter = parameters.Counter(range.Name);
        double rate = Schedule.Rate(plan, counter);
        parameters.SetCounter(range.Name, counter with { Steps = counter.Steps + 1 });
        double correction1 = 1 - Math.Pow(plan.Beta1, counter.Steps + 1);
        double correction2 = 1 - Math.Pow(plan.Beta2, counter.Steps + 1);
        Tensor master = FlatParameters.Range(parameters.Masters, range);
        Tensor first = FlatParameters.Range(parameters.FirstMoments, range);
        Tensor second = FlatParameters.Range(parameters.SecondMoments, range);
        first.lerp_(gradient, taken * (1 - plan.Beta1));
        second.lerp_(gradient.mul_(gradient), taken * (1 - plan.Beta2));
        if (range.DecayedCount > 0 && plan.WeightDecay > 0)
            master.narrow(0, 0, range.DecayedCount).mul_(1 - taken * (rate * plan.WeightDecay));
        Tensor divisor = second.sqrt().mul_(1 / Math.Sqrt(correction2)).add_(plan.Epsilon);
        master.sub_(first.div(divisor).mul_(taken * (rate / correction1)));
        ClampRange(parameters, range);
        if (parameters.Average is { } average)
            FlatParameters.Range(average, range).lerp_(master, taken * (1 - AverageDecay(plan, counter.Steps)));
    }

    /// <summary>A young average follows quickly, or it would serve the random start for a long while.</summary>
    private static double AverageDecay(OptimizerPlan plan, long step) => Math.Min(plan.EmaDecay, (1.0 + step) / (10.0 + step));

    private static void ClampRange(FlatParameters parameters, SectionRange range)
    {
        foreach (ParameterSlot slot in parameters.Layout.Slots)
        {
            if (slot.Spec.Max is { } max && slot.Offset >= range.Offset && slot.Offset < range.Offset + range.Count)
                parameters.Masters.narrow(0, slot.Offset, slot.Spec.Count).clamp_(max: max);
        }
    }
}
