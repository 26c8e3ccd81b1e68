using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Contrast of two views. Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations" (SimCLR, ICML 2020), section 2.1, equation 1 (NT-Xent): of all other views of
/// the batch the one of the same frame is to be found.
/// </summary>
/// <remarks>
/// Reference implementation: google-research/simclr. We differ: features are mean patch features of a ViT and not a ResNet's; the head's hidden layer is as wide as the feature, its output 128 (section
/// 3); no batch is gathered over devices; views are those of
/// the paper's CIFAR-10 experiments (appendix B.9), since a stream's frames are small here. Temperature 0.5, the paper's for CIFAR-10 (appendix B.9). Trivial loss: ln(2B - 1), what indifferent scores get; a collapsed network gets the same, so
/// collapse does not pay.
/// </remarks>
internal static class SimClr
{
    // B batch, D width of the tower, J width of the head's output.
    public const string Section = "simclr";

    private const int OutputWidth = 128;

    private static readonly Knob Temperature = Knob.Temperature(0.5, "appendix B.9, CIFAR-10");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.SimClr,
        About = new(
            "frames: two views of a frame are found again among all others of the batch; features that tell frames apart",
            "two passes over whole frames, wants large batches",
            "Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, 2020, section 2.1, equation 1"),
        Views = _ => ViewPresets.SimClrSmall,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan).Declare()])],
        ViewLosses = (input, features) => Losses(input, features, knobs[Temperature]),
        TrivialLoss = input => Math.Log((2 * input.View(0).shape[0]) - 1),
    }.ToDefinition();

    /// <summary>Equation 1 for each of the 2B views: the surprise at its own other view among all others, fp32 [2B].</summary>
    /// <param name="one">The first views' projections, of any length, fp32 [B, J].</param>
    /// <param name="other">The second views', fp32 [B, J].</param>
    public static Tensor NtXent(Tensor one, Tensor other, double temperature)
    {
        long batch = one.shape[0];
        Shape.Require(other, "second projections", batch, one.shape[1]);
        Tensor all = nn.functional.normalize(cat([one, other]), dim: 1); // [2B, J]
        Tensor scores = all.mm(all.t()) * (1 / temperature); // [2B, 2B]
        Tensor self = eye(2 * batch, dtype: ScalarType.Bool, device: scores.device);
        scores = scores.masked_fill(self, float.NegativeInfinity); // nobody is asked about itself
        long[] partners = [.. Enumerable.Range(0, 2 * (int)batch).Select(row => (row + batch) % (2 * batch))];
        Tensor right = scores.gather(1, tensor(partners, device: scores.device).unsqueeze(1)).squeeze(1); // [2B]
        return logsumexp(scores, 1) - right;
    }

    private static ViewLosses Losses(ObjectiveInput input, TwoViews features, double temperature)
    {
        // Both views at once: the head normalises over all of them, as the paper's does.
        var projected = new TwoViews(Head(input.Plan.Model).Forward(features.Both, input.Towers.Weights)); // [2B, J]
        return new(NtXent(projected.One, projected.Other, temperature));
    }

    private static MlpHead Head(ModelPlan plan) => new("simclr.projection", [plan.Frame.Width, plan.Frame.Width, OutputWidth], normalizesOutput: false);
}
