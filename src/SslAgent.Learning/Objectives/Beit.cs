using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Masked image modelling by visual tokens. Bao et al., "BEiT: BERT Pre-Training of Image Transformers" (ICLR 2022), section 2.3, equation 1 and algorithm 1: about 40 % of the patches, in blocks, are replaced by a mask token,
/// and the tower names the token that a tokenizer has for each of them.
/// </summary>
/// <remarks>
/// Reference implementation: microsoft/unilm, beit. We differ: the tokenizer is k-means over the stream's own patches (<see cref="PatchTokenizer"/>) that learns with the network, and not a discrete autoencoder trained before on
/// 250 million pictures; it has 256 tokens (8192 in the paper), enough for the small patches of small frames; a step names tokens by the centres before it. The tower has fixed positions and no class token. Trivial loss: the entropy of single tokens in the very
/// batch; it is small while the centres are young and tell little apart.
/// </remarks>
internal static class Beit
{
    // B batch, N patches, P numbers in a patch, M masked in all, D width of the tower, C tokens.
    public const string Section = "beit";

    private static readonly Knob
        MaskedShare = new("maskRatio", 0.4, 0.05, 0.9, "share of a frame's patches that is masked, in blocks", "section 2.3"),
        TokensKnob = Knob.Count("tokens", 2, 256, 8192, "kinds of patches that the tokenizer tells apart", "8,192 in the paper, for patches of 16 pixels");

    private const string MaskToken = "beit.mask_token";

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([MaskedShare, TokensKnob], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Beit,
        About = new(
            "frames: hides blocks and names what kind of patch is missing, by a vocabulary of patches learned on the stream; what cannot be foretold exactly may stay open",
            "one pass over whole frames, and the distances of all patches from 256 centres",
            "Bao et al., BEiT: BERT Pre-Training of Image Transformers, 2022, section 2.3, equation 1 and algorithm 1"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Sections = [VisionTower.Section, Section],
        Declare = plan => [Declare(plan, Tokenizer(knobs))],
        DeclareState = plan => [Tokenizer(knobs).DeclareState(plan)],
        TermNames = ["accuracy"],
        Loss = input => Loss(input, MaskedPlaces.Draw(input, knobs[MaskedShare]), Tokenizer(knobs)),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [MaskedPlaces.Encode(input, MaskedPlaces.Draw(input, knobs[MaskedShare]), MaskedPlaces.Patches(input), MaskToken)],
        TrivialLoss = input => TrivialLoss(input, Tokenizer(knobs)),
        AfterStep = taken => Tokenizer(knobs).Learn(taken.RequireState(), cat([.. taken.Seen]), taken.Taken),
    };

    /// <summary>The tokenizer that the knobs ask for.</summary>
    public static PatchTokenizer Tokenizer(KnobValues knobs) => new("beit.tokenizer", knobs.Whole(TokensKnob));

    /// <summary>The loss where it is known which patches are masked.</summary>
    /// <param name="masked">Their numbers, equally many of each frame, row-major [M].</param>
    public static ObjectiveLoss Loss(ObjectiveInput input, int[] masked, PatchTokenizer tokenizer)
    {
        Weights weights = input.Towers.Weights;
        Tensor patches = MaskedPlaces.Patches(input); // [B·N, P]
        Tensor features = MaskedPlaces.Encode(input, masked, patches, MaskToken); // [M, D]
        Tensor logits = Numerics.Linear(features.to_type(weights.Dtype), weights, "beit.predict").to_type(ScalarType.Float32); // [M, C]
        Tensor tokens = tokenizer.Tokens(input.RequireState(), patches.index_select(0, PatchFilling.RowIndex(masked, input))); // [M]
        Tensor accuracy = logits.detach().argmax(1).eq(tokens).to_type(ScalarType.Float32).mean();
        return new ObjectiveLoss(Mlm.CrossEntropy(logits, tokens), accuracy) { Features = () => [features], Seen = patches.detach() };
    }

    private static SectionSpec Declare(ModelPlan plan, PatchTokenizer tokenizer) => new(
        Section,
        [
            ParameterSpec.Table(MaskToken, 1, plan.Frame.Width, decayed: false),
            .. TransformerStack.DeclareLinear("beit.predict", tokenizer.Count, plan.Frame.Width),
        ]);

    private static double TrivialLoss(ObjectiveInput input, PatchTokenizer tokenizer)
    {
        long[] tokens = tokenizer.Tokens(input.RequireState(), MaskedPlaces.Patches(input)).cpu().data<long>().ToArray();
        return tokens.CountBy(token => token).OrderBy(token => token.Key).Sum(token => -(double)token.Value / tokens.Length * Math.Log((double)token.Value / tokens.Length));
    }
}
