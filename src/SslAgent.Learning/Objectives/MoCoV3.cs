using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Momentum contrast without a queue. Chen, Xie and He, "An Empirical Study of Training Self-Supervised Vision Transformers" (MoCo v3, ICCV 2021), section 3, equation 1 and algorithm 1: a query of one view is to find, among
/// the batch's keys of the other view, its own; keys are a slow copy's.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: the mean of both directions and not their sum; features are mean patch features; hidden layers are as wide as two features (4096 in the paper), outputs 256; the patch
/// embedding is trained (the paper freezes it against instabilities of large batches). Temperature 0.2 and momentum 0.99 (section 4). Trivial loss: 2τ ln B, what indifferent scores get, and a collapsed network too.
/// </remarks>
internal static class MoCoV3
{
    // B batch, D width of the tower, J width of a query.
    public const string Section = "moco";

    private const string ProjectionSection = "moco.projection";

    private const int OutputWidth = 256, Widening = 2;

    private static readonly Knob Temperature = Knob.Temperature(0.2, "section 4"), Momentum = Knob.Momentum(0.99, "section 4");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, Momentum], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.MoCoV3,
        About = new(
            "frames: a view is found again among the batch's keys of a slow copy; contrast that is steadier than simclr's on transformers",
            "two passes over whole frames, two of the slow copy; the tower once more in memory and in every version",
            "Chen, Xie and He, An Empirical Study of Training Self-Supervised Vision Transformers, 2021, section 3, equation 1"),
        Views = _ => ViewPresets.Byol, // section 4: BYOL's augmentations
        Heads = [ProjectionSection, Section],
        Declare = plan => [Projection(plan), new SectionSpec(Section, [.. Predictor(plan).Declare()])],
        Target = Target,
        TargetDecay = knobs[Momentum],
        ViewLosses = (input, features) => Losses(input, features, knobs[Temperature]),
        TrivialLoss = input => 2 * knobs[Temperature] * Math.Log(input.View(0).shape[0]),
    }.ToDefinition();

    /// <summary>Equation 1 for each query, times 2τ as in algorithm 1, fp32 [B].</summary>
    /// <param name="queries">Of any length, fp32 [B, J].</param>
    /// <param name="keys">Row i is the key of query i, fp32 [B, J].</param>
    public static Tensor Contrast(Tensor queries, Tensor keys, double temperature)
    {
        Shape.Require(keys, "keys", queries.shape[0], queries.shape[1]);
        Tensor scores = nn.functional.normalize(queries, dim: 1).mm(nn.functional.normalize(keys, dim: 1).t()) * (1 / temperature); // [B, B]
        return (logsumexp(scores, 1) - scores.diagonal()) * (2 * temperature);
    }

    private static ViewLosses Losses(ObjectiveInput input, TwoViews features, double temperature)
    {
        ModelPlan plan = input.Plan.Model;
        (Tensor first, Tensor second) = features.Predict(Head(plan), Predictor(plan), input.Towers.Weights); // [B, J] each
        (Tensor one, Tensor other) = TwoViews.Targets(input, Target(plan), Head(plan).Forward); // [B, J] each
        return new(cat([Contrast(first, other, temperature), Contrast(second, one, temperature)]));
    }

    private static SlowCopy Target(ModelPlan plan) => new("moco.momentum", [VisionTower.Declare(plan), Projection(plan)]);

    private static SectionSpec Projection(ModelPlan plan) => new(ProjectionSection, [.. Head(plan).Declare()]);

    private static MlpHead Head(ModelPlan plan)
    {
        int hidden = Widening * plan.Frame.Width;
        return new MlpHead("moco.projection", [plan.Frame.Width, hidden, hidden, OutputWidth], normalizesOutput: true);
    }

    private static MlpHead Predictor(ModelPlan plan) => new("moco.predictor", [OutputWidth, Widening * plan.Frame.Width, OutputWidth], normalizesOutput: true);
}
