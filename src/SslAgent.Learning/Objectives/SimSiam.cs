using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Self-distillation without a second network. Chen and He, "Exploring Simple Siamese Representation Learning" (SimSiam, CVPR 2021), section 3, equations 1 to 4: a predictor on one view's projection is pulled
/// to the other view's, whose gradient is stopped; without that stop all features fall together (section 4.1).
/// </summary>
/// <remarks>
/// Written from the paper. We differ: 1 is added, so that the loss is a distance between 0 and 2; features are mean patch features of a ViT; the heads' widths are the feature's
/// (the paper's 2048 are ResNet-50's) and a quarter of it in the predictor (512, section 3). Trivial loss: 1, what directions that know nothing of each other get. A collapsed network gets
/// 0, the least of all: this loss does not tell, the guard's collapse policy does.
/// </remarks>
internal static class SimSiam
{
    // B batch, D width of the tower and of the heads.
    public const string Section = "simsiam";

    private static readonly Knob Bottleneck = Knob.Count("bottleneck", 1, 4, 16, "by how much the predictor's hidden layer is narrower than a feature", "section 4.2: 512 of 2,048");

    public static TwoViewObjective Objective { get; } = Define(KnobValues.None);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Bottleneck], knobs => Define(knobs).ToDefinition());

    private static TwoViewObjective Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.SimSiam,
        About = new(
            "frames: two views agree, without negatives and without a second network; for small batches, and small steps (learning.learningRate 0.0003)",
            "two passes over whole frames",
            "Chen and He, Exploring Simple Siamese Representation Learning, 2021, section 3"),
        Views = _ => ViewPresets.MoCoV2,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Projection(plan).Declare(), .. Predictor(plan, knobs).Declare()])],
        ViewLosses = (input, features) => Losses(input, features, knobs),
        TrivialLoss = _ => 1,
    };

    /// <summary>1 less the cosine of each prediction with what it is to predict, fp32 [B]; equation 1 with 1 added.</summary>
    /// <param name="target">Its gradient is stopped here (equation 3).</param>
    public static Tensor Distance(Tensor predicted, Tensor target) =>
        1 - (nn.functional.normalize(predicted, dim: 1) * nn.functional.normalize(target.detach(), dim: 1)).sum(1);

    /// <summary>Each view's distance from the other's, [2B]; their mean is equation 4.</summary>
    private static ViewLosses Losses(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        Weights weights = input.Towers.Weights;
        MlpHead predictor = Predictor(input.Plan.Model, knobs);
        (Tensor first, Tensor second) = features.Through(Projection(input.Plan.Model), weights); // [B, D] each
        return new(cat([Distance(predictor.Forward(first, weights), second), Distance(predictor.Forward(second, weights), first)]));
    }

    private static MlpHead Projection(ModelPlan plan) =>
        new("simsiam.projection", [plan.Frame.Width, plan.Frame.Width, plan.Frame.Width, plan.Frame.Width], normalizesOutput: true);

    internal static MlpHead Predictor(ModelPlan plan, KnobValues knobs) =>
        new("simsiam.predictor", [plan.Frame.Width, Math.Max(1, plan.Frame.Width / knobs.Whole(Bottleneck)), plan.Frame.Width], normalizesOutput: false);
}
