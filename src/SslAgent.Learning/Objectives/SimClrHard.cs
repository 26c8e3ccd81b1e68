using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Contrast with hard negatives, without labels. Robinson et al., "Contrastive Learning with Hard Negative Samples" (ICLR 2021), section 3, equations 3 and 4: SimCLR's contrast where a negative counts the more the nearer it
/// is, and what of the negatives is probably the same thing is taken away.
/// </summary>
/// <remarks>
/// Reference implementation: joshr17/HCL. We differ in what <see cref="SimClr"/> does. Concentration β 1 (an inverse temperature of the choice among negatives; 0 gives the debiased loss of Chuang et al. 2020, and
/// with no share of equals SimCLR's own), share of equals τ+ 0.1, temperature 0.5 (section 5, CIFAR-10). Trivial loss: ln(2B - 1), as SimCLR's; a collapsed network gets the same.
/// </remarks>
internal static class SimClrHard
{
    // B batch, D width of the tower, J width of the head's output.
    public const string Section = "simclr_hard";

    private const int OutputWidth = 128;

    private static readonly Knob
        Temperature = Knob.Temperature(0.5, "section 5, CIFAR-10"),
        Concentration = new("concentration", 1, 0, 10, "β: how much more a near negative counts than a far one; 0 lets all count the same", "section 5"),
        ShareOfEquals = new("shareOfEquals", 0.1, 0, 0.9, "τ+: the probability that a negative shows the same thing, which is taken away; 0 takes nothing away", "section 5, CIFAR-10");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, Concentration, ShareOfEquals], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.SimClrHard,
        About = new(
            "frames: as simclr, but near negatives count more and probable equals less; for streams whose frames are much alike",
            "two passes over whole frames, wants large batches",
            "Robinson et al., Contrastive Learning with Hard Negative Samples, 2021, section 3, equations 3 and 4"),
        Views = _ => ViewPresets.SimClrSmall,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan).Declare()])],
        ViewLosses = (input, features) => Losses(input, features, knobs),
        TrivialLoss = input => Math.Log((2 * input.View(0).shape[0]) - 1),
    }.ToDefinition();

    /// <summary>Equation 4 for each of the 2B views, fp32 [2B].</summary>
    /// <param name="one">The first views' projections, of any length, fp32 [B, J].</param>
    /// <param name="other">The second views', fp32 [B, J].</param>
    /// <param name="concentration">β; 0 lets all negatives count the same.</param>
    /// <param name="shareOfEquals">τ+, the probability that a negative is the same thing; below 1.</param>
    public static Tensor Contrast(Tensor one, Tensor other, double temperature, double concentration, double shareOfEquals)
    {
        long batch = one.shape[0], negatives = (2 * batch) - 2;
        Shape.Require(other, "second projections", batch, one.shape[1]);
        Tensor all = nn.functional.normalize(cat([one, other]), dim: 1); // [2B, J]
        Tensor scores = all.mm(all.t()) * (1 / temperature); // [2B, 2B]
        Tensor known = eye(batch, dtype: ScalarType.Bool, device: scores.device).repeat(2, 2); // itself and its own other view
        Tensor right = (all * all.roll(batch, 0)).sum(1) * (1 / temperature); // [2B]
        // Shares of the negatives' weight, e^(βs) over their sum; those that are known have none.
        Tensor shares = (scores * concentration).masked_fill(known, float.NegativeInfinity).softmax(1); // [2B, 2B]
        Tensor hard = (shares * scores.exp()).sum(1) * negatives; // [2B]
        Tensor debiased = (hard - (right.exp() * (shareOfEquals * negatives))) * (1 / (1 - shareOfEquals));
        return (right.exp() + debiased.clamp(min: negatives * Math.Exp(-1 / temperature))).log() - right;
    }

    private static ViewLosses Losses(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        var projected = new TwoViews(Head(input.Plan.Model).Forward(features.Both, input.Towers.Weights)); // [2B, J]
        return new(Contrast(projected.One, projected.Other, knobs[Temperature], knobs[Concentration], knobs[ShareOfEquals]));
    }

    private static MlpHead Head(ModelPlan plan) => new("simclr_hard.projection", [plan.Frame.Width, plan.Frame.Width, OutputWidth], normalizesOutput: false);
}
