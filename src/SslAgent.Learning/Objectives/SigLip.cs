using SslAgent.Domain;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Language-image pretraining pair by pair. Zhai et al., "Sigmoid Loss for Language Image Pre-Training" (SigLIP, ICCV 2023), section 3.2, equation 2 and algorithm 1: of every frame with every text of the batch it is
/// asked by itself whether they belong together. No pair's loss depends on the others of its batch.
/// </summary>
/// <remarks>
/// Reference implementation: google-research/big_vision. We differ: texts that are equal belong to each other's frames; features are means, not pooled by attention; the space is <see cref="Clip"/>'s, the one that is served and searched, so either of the two trains
/// it, or both do. Scale and bias begin at 10 and -10 (section 3.2). Trivial loss: B times the entropy of the share of pairs that belong together, what the best constant gets and a collapsed network too. Probes
/// measure at the scale and bias that suit the held-out pairs best: vectors are served without them. That it needs smaller batches than CLIP is the paper's finding, not ours: of 374 held-out emoji a small network, one run each, found
/// 24 % among the first ten at batches of 32 (CLIP 26 %), and 12 % at batches of 8 (CLIP 17 %).
/// </remarks>
internal static class SigLip
{
    // B batch, J width of the joint space, C scales that a probe tries.
    public const string Section = "siglip", LogitScale = "siglip.logit_scale", LogitBias = "siglip.logit_bias";

    private static readonly Knob
        FirstScale = new("scale", 10, 1, 100, "what cosines are multiplied by at the beginning; learned from there", "section 3.2"),
        FirstBias = new("bias", -10, -100, 0, "what is added to them at the beginning, since most pairs do not belong together; learned from there", "section 3.2");

    /// <summary>Halvings of the range in which a probe looks for a bias: after so many fp32 has no room for more.</summary>
    private const int BiasHalvings = 30;

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([FirstScale, FirstBias], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.SigLip,
        About = new(
            "frames with text: asks of every frame and every text by themselves whether they belong together; trains the space that clip trains, pair by pair",
            "as clip",
            "Zhai et al., Sigmoid Loss for Language Image Pre-Training, 2023, section 3.2, equation 2"),
        Modality = Modality.Pair,
        ReadsText = true,
        SamplesMin = 2,
        Sections = [VisionTower.Section, TextTower.Section, Clip.Section, Section],
        Declare = _ => [Declare(knobs)],
        TermNames = ["accuracy", "scale", "bias"],
        Loss = Loss,
        FeatureWidths = Clip.Definition.FeatureWidths,
        Features = Clip.Embed,
        ProbeLosses = ProbeLosses,
        VouchesForFeatures = true,
        TrivialLoss = TrivialLoss,
    };

    public static ObjectiveLoss Loss(ObjectiveInput input)
    {
        Tensor[] features = Clip.Embed(input);
        (Tensor cosines, Tensor positives) = Clip.Compare(input, features); // [B, B] each
        Weights weights = input.Towers.Weights;
        Tensor scale = weights[LogitScale].to_type(ScalarType.Float32).exp(), bias = weights[LogitBias].to_type(ScalarType.Float32); // [1] each
        Tensor logits = (cosines * scale) + bias; // [B, B]
        Tensor loss = Surprises(logits, positives).sum() * (1.0 / cosines.shape[0]);
        // Of the bias a copy is told: the step moves the bias itself.
        return new ObjectiveLoss(loss, Clip.Accuracy(logits.detach(), positives), scale.detach().squeeze(), bias.detach().clone().squeeze()) { Features = () => features };
    }

    /// <summary>Each pair's loss at each scale that is tried, with the bias that suits it best, fp32 [C, B].</summary>
    public static Tensor ProbeLosses(ObjectiveInput input)
    {
        (Tensor cosines, Tensor positives) = Clip.Compare(input, Clip.Embed(input)); // [B, B] each
        Tensor scales = tensor(Clip.ScalesTried.Select(scale => (float)scale).ToArray(), device: input.Device).view(Clip.ScalesTried.Count, 1, 1); // [C, 1, 1]
        Tensor logits = cosines.unsqueeze(0) * scales; // [C, B, B]
        Tensor belong = positives.unsqueeze(0).expand_as(logits); // [C, B, B]
        Tensor surprises = Surprises(logits + FittingBias(logits, positives), belong); // [C, B, B]
        return (surprises.sum(1) + surprises.sum(2)) * 0.5;
    }

    /// <summary>The bias under which as many pairs are expected to belong together as do: there the loss's slope is 0. [C, 1, 1].</summary>
    /// <param name="logits">Without a bias, fp32 [C, B, B].</param>
    public static Tensor FittingBias(Tensor logits, Tensor positives)
    {
        Tensor right = positives.sum(); // scalar
        Tensor reach = logits.abs().amax([1, 2], keepdim: true) + Math.Log(positives.shape[0] * positives.shape[1]); // [C, 1, 1]; beyond it every score says the same
        (Tensor low, Tensor high) = (-reach, reach);
        for (var halving = 0; halving < BiasHalvings; halving++)
        {
            Tensor middle = (low + high) * 0.5;
            Tensor tooHigh = (logits + middle).sigmoid().sum([1, 2], keepdim: true) > right; // [C, 1, 1]
            (low, high) = (where(tooHigh, low, middle), where(tooHigh, middle, high));
        }

        return (low + high) * 0.5;
    }

    /// <summary>-ln σ(z·logit) of every frame with every text, where z is 1 if they belong together and -1 if not; the same shape.</summary>
    /// <param name="positives">1 where they belong together, else 0.</param>
    public static Tensor Surprises(Tensor logits, Tensor positives) =>
        nn.functional.binary_cross_entropy_with_logits(logits, positives, reduction: nn.Reduction.None);

    private static SectionSpec Declare(KnobValues knobs) => new(
        Section,
        [
            new ParameterSpec(LogitScale, [1], Initial.Constant, Decayed: false, Value: Math.Log(knobs[FirstScale])),
            new ParameterSpec(LogitBias, [1], Initial.Constant, Decayed: false, Value: knobs[FirstBias]),
        ]);

    private static double TrivialLoss(ObjectiveInput input)
    {
        float[] positives = Clip.Positives(Check.NotNull(input.Texts, "pairs have texts"));
        double share = positives.Average();
        return share >= 1 ? 0 : -Math.Sqrt(positives.Length) * ((share * Math.Log(share)) + ((1 - share) * Math.Log(1 - share)));
    }
}
