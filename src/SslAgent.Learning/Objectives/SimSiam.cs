using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
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

    /// <summary>The predictor's hidden layer is narrower by this (section 4.2: a bottleneck).</summary>
    private const int Bottleneck = 4;

    public static ObjectiveDefinition Definition { get; } = new()
    {
        Name = ObjectiveNames.SimSiam,
        About = new(
            "frames: two views agree, without negatives and without a second network; for small batches",
            "two passes over whole frames",
            "Chen and He, Exploring Simple Siamese Representation Learning, 2021, section 3"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 2,
        Sections = [VisionTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. Projection(plan).Declare(), .. Predictor(plan).Declare()])],
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [TwoViews.Pool(input).Both],
        Views = ViewPresets.MoCoV2,
        Loss = Loss,
        ProbeLosses = input => TwoViews.ByFrame(Losses(input, TwoViews.Pool(input))),
        TrivialLoss = _ => 1,
    };

    /// <summary>1 less the cosine of each prediction with what it is to predict, fp32 [B]; equation 1 with 1 added.</summary>
    /// <param name="target">Its gradient is stopped here (equation 3).</param>
    public static Tensor Distance(Tensor predicted, Tensor target) =>
        1 - (nn.functional.normalize(predicted, dim: 1) * nn.functional.normalize(target.detach(), dim: 1)).sum(1);

    private static ObjectiveLoss Loss(ObjectiveInput input)
    {
        TwoViews.Features features = TwoViews.Pool(input);
        return new ObjectiveLoss(Losses(input, features).mean()) { Features = [features.Both] };
    }

    /// <summary>Each view's distance from the other's, [2B]; their mean is equation 4.</summary>
    private static Tensor Losses(ObjectiveInput input, TwoViews.Features features)
    {
        Weights weights = input.Towers.Weights;
        MlpHead projection = Projection(input.Plan.Model), predictor = Predictor(input.Plan.Model);
        Tensor first = projection.Forward(features.One, weights), second = projection.Forward(features.Other, weights); // [B, D] each
        return cat([Distance(predictor.Forward(first, weights), second), Distance(predictor.Forward(second, weights), first)]);
    }

    private static MlpHead Projection(ModelPlan plan) =>
        new("simsiam.projection", [plan.Frame.Width, plan.Frame.Width, plan.Frame.Width, plan.Frame.Width], normalizesOutput: true);

    private static MlpHead Predictor(ModelPlan plan) =>
        new("simsiam.predictor", [plan.Frame.Width, plan.Frame.Width / Bottleneck, plan.Frame.Width], normalizesOutput: false);
}
