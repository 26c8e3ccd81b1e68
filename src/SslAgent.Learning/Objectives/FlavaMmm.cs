using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Masked multimodal modelling. Singh et al., "FLAVA: A Foundational Language And Vision Alignment Model" (CVPR 2022), sections 3.1 and 3.2 (MMM): a third Transformer over what both towers make of a frame and of its text, some tokens
/// of which are hidden, names these; what the words do not say it can see.
/// </summary>
/// <remarks>
/// Reference implementation: facebookresearch/multimodal. We differ: tokens only are hidden and named, no patches, since there are no visual tokens to name them by (<see cref="Mae"/> hides patches, in turns); tokens are hidden as in
/// <see cref="Mlm"/>, and named by a head of the same kind; the fusion has two layers (six in the paper, over towers of twelve), is as wide as the text tower, and has no class token, since nobody asks for a vector of both. Its attention
/// knows frames from words by the two projections into it. Trivial loss: the entropy of single tokens in the very batch.
/// </remarks>
internal static class FlavaMmm
{
    // B batch, N patches, T width of the texts, M chosen positions in all, D width of the text tower and of the fusion, V vocabulary.
    public const string Section = "flava";

    private const string FrameProjection = "flava.frame", TextProjection = "flava.text", HeadName = "flava.head";

    private static readonly Knob Rate = new("maskRate", 0.15, 0.01, 0.9, "share of a text's tokens that is hidden; by default learning.mlmMaskRate's", "as BERT; appendix") { DefaultOf = plan => plan.Masking.TokenRate };

    private static readonly Knob Layers = Knob.Count("fusionLayers", 1, 2, 24, "layers over what both towers made", "six in the paper, over towers of twelve");

    private static readonly TokenHead Head = new(HeadName);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Rate, Layers], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.FlavaMmm,
        About = new(
            "frames with text: hides some tokens and learns to name them from the rest and from the frame; what in a frame has words",
            "a pass over whole frames, one over their texts and two layers over both",
            "Singh et al., FLAVA, 2022, sections 3.1 and 3.2"),
        Modality = Modality.Pair,
        ReadsText = true,
        SamplesMin = 1,
        Sections = [VisionTower.Section, TextTower.Section, Section],
        Declare = plan => [Declare(plan, knobs)],
        TermNames = ["accuracy"],
        Loss = input => Loss(input, Mlm.Hide(input, RateOf(input, knobs)), knobs),
        FeatureWidths = plan => [plan.Frame.Width, plan.Text.Width],
        Features = input => Features(Encode(input, Mlm.Hide(input, RateOf(input, knobs)))),
        TrivialLoss = Mlm.Definition.TrivialLoss,
    };

    /// <summary>What the towers make of frames and of texts with tokens hidden.</summary>
    /// <param name="Patches">fp32 [B, N, width of the frame tower].</param>
    /// <param name="Tokens">fp32 [B, T, D].</param>
    /// <param name="Masking">What is hidden.</param>
    private sealed record Encoded(Tensor Patches, Tensor Tokens, TokenTensors Texts, Mlm.Masking Masking);

    /// <summary>The loss where it is known what is hidden.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, Mlm.Masking masking, KnobValues knobs)
    {
        Encoded encoded = Encode(input, masking);
        Tensor logits = Head.Logits(Fuse(input, encoded, knobs), input.Towers.Weights), right = tensor(masking.Targets, device: input.Device); // [M, V] and [M]
        Tensor accuracy = (logits.detach().argmax(1) == right).to_type(ScalarType.Float32).mean();
        return new ObjectiveLoss(Mlm.CrossEntropy(logits, right), accuracy) { Features = () => Features(encoded) };
    }

    private static Encoded Encode(ObjectiveInput input, Mlm.Masking masking)
    {
        ModelPlan plan = input.Plan.Model;
        VisionTower vision = input.Towers.Vision;
        Tensor frames = Check.NotNull(input.Frames, "pairs have frames");
        var texts = new TokenTensors(Check.NotNull(input.Texts, "pairs have texts"), masking.Ids, input.Device);
        Tensor patches = vision.Encode(vision.Patchify(frames), vision.Positions.unsqueeze(0)).view(texts.Batch, plan.Patches, plan.Frame.Width);
        return new Encoded(patches, input.Towers.Text.Encode(texts).view(texts.Batch, texts.Length, plan.Text.Width), texts, masking);
    }

    /// <summary>What the fusion makes of the chosen places, fp32 [M, D].</summary>
    private static Tensor Fuse(ObjectiveInput input, Encoded encoded, KnobValues knobs)
    {
        ModelPlan plan = input.Plan.Model;
        Weights weights = input.Towers.Weights;
        (long batch, long length) = (encoded.Texts.Batch, encoded.Texts.Length);
        long both = plan.Patches + length;
        Tensor seen = Project(encoded.Patches, weights, FrameProjection), read = Project(encoded.Tokens, weights, TextProjection); // [B, N, D] and [B, T, D]
        Tensor joined = cat([seen, read], 1).view(batch * both, plan.Text.Width); // [B·(N + T), D]
        Tensor chosen = tensor(encoded.Masking.Positions.Select(place => (int)((place / length * both) + plan.Patches + (place % length))).ToArray(), device: input.Device);
        return new TransformerStack(FusionOf(plan, knobs), weights, Section)
            .Forward(joined, batch, both, encoded.Texts.HiddenKeys(plan.Text.Heads, weights.Dtype, plan.Patches), rows => rows.index_select(0, chosen));
    }

    private static Tensor Project(Tensor features, Weights weights, string name) =>
        Numerics.Linear(features.to_type(weights.Dtype), weights, name).to_type(ScalarType.Float32);

    /// <summary>Of each frame the mean of its patches, and of each hidden token what the text tower makes of its place.</summary>
    private static Tensor[] Features(Encoded encoded) =>
    [
        encoded.Patches.mean([1]),
        encoded.Tokens.view(-1, encoded.Tokens.shape[2]).index_select(0, tensor(encoded.Masking.Positions, device: encoded.Tokens.device)),
    ];

    private static SectionSpec Declare(ModelPlan plan, KnobValues knobs) => new(
        Section,
        [
            .. TransformerStack.DeclareLinear(FrameProjection, plan.Text.Width, plan.Frame.Width),
            .. TransformerStack.DeclareLinear(TextProjection, plan.Text.Width, plan.Text.Width),
            .. TransformerStack.Declare(FusionOf(plan, knobs), Section),
            .. Head.Declare(plan),
        ]);

    private static TowerPlan FusionOf(ModelPlan plan, KnobValues knobs) => plan.Text with { Layers = knobs.Whole(Layers) };

    private static double RateOf(ObjectiveInput input, KnobValues knobs) => knobs.Find(Rate) ?? input.Plan.Masking.TokenRate;
}
