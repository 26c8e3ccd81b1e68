using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Self-distillation from a slow copy. Grill et al., "Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning" (BYOL, NeurIPS 2020), section 3.1, equation 2: a predictor on one view's projection is pulled to what
/// the target network, an average of the online one, makes of the other view. Without the predictor all features fall together (section 5, table 5).
/// </summary>
/// <remarks>
/// Reference implementation: google-deepmind/deepmind-research, byol. We differ: the mean of both directions and not their sum; features are mean patch features of a ViT; hidden layers are as wide as two
/// features (4096 in the paper, twice ResNet-50's), projections 256 (section 3.2); the target's decay is 0.996 for good, since a stream has no last step to go to 1 at. Trivial loss: 2, what directions that know
/// nothing of each other get. A collapsed network gets 0: this loss does not tell, the guard's collapse policy does.
/// </remarks>
internal static class Byol
{
    // B batch, D width of the tower, J width of a projection.
    public const string Section = "byol";

    private const string ProjectionSection = "byol.projection";

    private const int OutputWidth = 256, Widening = 2;

    private static readonly Knob Momentum = Knob.Momentum(0.996, "section 3.2, at the beginning");

    public static TwoViewObjective Objective { get; } = Define(KnobValues.None);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Momentum], knobs => Define(knobs).ToDefinition());

    private static TwoViewObjective Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Byol,
        About = new(
            "frames: what a slow copy of the network sees in one view is predicted from the other; strong features without negatives",
            "two passes over whole frames, two of the slow copy; the tower once more in memory and in every version",
            "Grill et al., Bootstrap Your Own Latent, 2020, section 3.1, equation 2"),
        Views = _ => ViewPresets.Byol,
        Heads = [ProjectionSection, Section],
        Declare = plan => [Projection(plan), new SectionSpec(Section, [.. Predictor(plan).Declare()])],
        Target = Target,
        TargetDecay = knobs[Momentum],
        ViewLosses = Losses,
        TrivialLoss = _ => 2,
    };

    /// <summary>Equation 2 for each view, [2B].</summary>
    private static ViewLosses Losses(ObjectiveInput input, TwoViews features)
    {
        ModelPlan plan = input.Plan.Model;
        (Tensor first, Tensor second) = features.Predict(Head(plan), Predictor(plan), input.Towers.Weights); // [B, J] each
        (Tensor one, Tensor other) = TwoViews.Targets(input, Target(plan), Head(plan).Forward); // [B, J] each
        return new(cat([SimSiam.Distance(first, other), SimSiam.Distance(second, one)]) * 2); // ‖a - b‖² of unit vectors is 2 - 2 cos
    }

    internal static SlowCopy Target(ModelPlan plan) => new("byol.target", [VisionTower.Declare(plan), Projection(plan)]);

    private static SectionSpec Projection(ModelPlan plan) => new(ProjectionSection, [.. Head(plan).Declare()]);

    internal static MlpHead Head(ModelPlan plan) => new("byol.projection", [plan.Frame.Width, Widening * plan.Frame.Width, OutputWidth], normalizesOutput: false);

    private static MlpHead Predictor(ModelPlan plan) => new("byol.predictor", [OutputWidth, Widening * plan.Frame.Width, OutputWidth], normalizesOutput: false);
}
