using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Redundancy reduction. Zbontar et al., "Barlow Twins: Self-Supervised Learning via Redundancy Reduction" (ICML 2021), section 2.1, equations 1 and 2: the cross-correlation of two views'
/// projections over the batch is pulled to the identity.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: the loss is divided by the width of the projection, so that it is about 1 to begin with whatever the width is; the projection is as wide as eight features (8192
/// in the paper, four times ResNet-50's), in three layers. λ is 0.005 (section 2.2). Trivial loss: 1 + λ(J - 1)/B, what projections that know nothing of each other get; constant ones get 1, so
/// collapse does not pay.
/// </remarks>
internal static class BarlowTwins
{
    // B batch, D width of the tower, J width of the projection.
    public const string Section = "barlow_twins";

    private static readonly Knob
        OffDiagonal = new("offDiagonal", 0.005, 0, 10, "λ: how much it counts that features repeat each other, beside that views agree", "section 2.2"),
        Widening = Knob.Count("widening", 1, 8, 64, "the head's width in features of the tower", "8,192 in the paper, four of ResNet-50's");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([OffDiagonal, Widening], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.BarlowTwins,
        About = new(
            "frames: two views agree and no two features say the same; steady at moderate batches",
            "two passes over whole frames, and a correlation of all features of a wide head",
            "Zbontar et al., Barlow Twins, 2021, section 2.1, equations 1 and 2"),
        Views = _ => ViewPresets.BarlowTwins,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan, knobs).Declare()])],
        TermNames = ["invariance", "redundancy"],
        BatchLoss = (input, features) => Loss(input, features, knobs),
        TrivialLoss = input => 1 + (knobs[OffDiagonal] * ((knobs[Widening] * input.Plan.Model.Frame.Width) - 1) / input.View(0).shape[0]),
    }.ToDefinition();

    /// <summary>Both terms of equation 1, divided by J, scalars: how far equal coordinates are from agreeing, and how much others tell of each other (without λ).</summary>
    /// <param name="one">Projections of the first views, fp32 [B, J].</param>
    /// <param name="other">Of the second views, fp32 [B, J].</param>
    public static (Tensor Invariance, Tensor Redundancy) Terms(Tensor one, Tensor other)
    {
        long batch = one.shape[0], width = one.shape[1];
        Shape.Require(other, "second projections", batch, width);
        Tensor correlation = MlpHead.Normalize(one).t().mm(MlpHead.Normalize(other)) * (1.0 / batch); // [J, J], equation 2
        Tensor equal = correlation.diagonal(); // [J]
        Tensor invariance = (1 - equal).square().sum();
        Tensor redundancy = correlation.square().sum() - equal.square().sum();
        return (invariance * (1.0 / width), redundancy * (1.0 / width));
    }

    private static ObjectiveLoss Loss(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        (Tensor one, Tensor other) = features.Through(Head(input.Plan.Model, knobs), input.Towers.Weights); // [B, J] each
        (Tensor invariance, Tensor redundancy) = Terms(one, other);
        return new ObjectiveLoss(invariance + (redundancy * knobs[OffDiagonal]), invariance.detach(), redundancy.detach());
    }

    private static MlpHead Head(ModelPlan plan, KnobValues knobs) => MlpHead.Expander("barlow_twins.projection", plan.Frame.Width, knobs.Whole(Widening));
}
