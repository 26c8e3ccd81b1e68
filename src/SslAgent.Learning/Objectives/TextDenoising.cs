using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Denoising of text. Lewis et al., "BART: Denoising Sequence-to-Sequence Pre-training for Natural Language Generation" (ACL 2020), section 2.2: from a text in which tokens are replaced, deleted or shuffled the original is recovered, every
/// token of it; the loss is the cross-entropy over all of them, in nats.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: BART writes the original with a decoder; here an encoder names at each place the token that stood there, so a text with deletions keeps its length (mask tokens fill its end) and who names a place must find out
/// how many are missing before it. Replaced-token detection (ELECTRA) would ask less: without a generator of likely replacements a random token betrays itself by its rarity. Each text suffers one kind, drawn by the key; the share is that of
/// <c>learning.mlmMaskRate</c>; no infilling and no permuted sentences, since lines are short; shuffling is Lample et al.'s. Trivial loss: the cheaper of two that cannot read, measured on the very batch with the very noise: guessing by the entropy of
/// single tokens, and copying what is seen as far as it deserves trust.
/// </remarks>
internal static class TextDenoising
{
    // B batch, T width of the batch, M ordinary tokens of all texts, D width, V vocabulary.
    public const string Section = "text_denoising";

    private static readonly Knob Rate = new("noiseRate", 0.15, 0.01, 0.9, "share of a text's tokens that is replaced or deleted; by default learning.mlmMaskRate's", "as BERT hides; 0.3 of a text in the paper") { DefaultOf = plan => plan.Masking.TokenRate };

    private static readonly TokenHead Head = new(Section);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Rate], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.TextDenoising,
        About = new(
            "text: recovers lines whose tokens were replaced, deleted or shuffled; for streams that are cut and garbled themselves",
            "one pass over the text and the token table at every place: several times mlm's memory",
            "Lewis et al., BART, 2020, section 2.2"),
        Modality = Modality.Text,
        ReadsText = true,
        SamplesMin = 1,
        Sections = [TextTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. Head.Declare(plan)])],
        TermNames = ["accuracy"],
        Loss = input => Loss(input, Corrupt(input, RateOf(input, knobs))),
        FeatureWidths = plan => [plan.Text.Width],
        Features = input => [Encode(input, Corrupt(input, RateOf(input, knobs)))],
        VouchesForFeatures = true,
        TrivialLoss = input => TrivialLoss(Corrupt(input, RateOf(input, knobs))),
    };

    /// <summary>A batch with noise.</summary>
    /// <param name="Ids">What the tower sees [B·T].</param>
    /// <param name="Positions">The places of ordinary tokens in it [M].</param>
    /// <param name="Targets">The true tokens there [M].</param>
    internal sealed record Corruption(int[] Ids, int[] Positions, long[] Targets);

    /// <summary>The loss where it is known what happened to the texts.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, Corruption corruption)
    {
        Tensor features = Encode(input, corruption); // [M, D]
        Tensor logits = Head.Logits(features, input.Towers.Weights), right = tensor(corruption.Targets, device: input.Device); // [M, V] and [M]
        Tensor accuracy = (logits.detach().argmax(1) == right).to_type(ScalarType.Float32).mean();
        return new ObjectiveLoss(Mlm.CrossEntropy(logits, right), accuracy) { Features = () => [features] };
    }

    /// <summary>Corrupts each text by the input's key.</summary>
    /// <param name="rate">Share of each text's tokens.</param>
    public static Corruption Corrupt(ObjectiveInput input, double rate) =>
        Corrupt(Check.NotNull(input.Texts, "denoising reads texts"), rate, input.TokensInUse, input.Key.With(ChanceStream.Masking, input.Key.Part));

    public static Corruption Corrupt(TokenBatch texts, double rate, int tokensInUse, DrawKey key)
    {
        var chance = new Philox(key);
        int[] ids = [.. texts.Ids];
        var positions = new List<int>();
        for (var row = 0; row < texts.Rows; row++)
        {
            int first = (row * texts.Width) + 1, ordinary = texts.Lengths[row] - 2;
            var kind = (TokenNoiseKind)chance.NextInt(TokenNoise.Kinds);
            TokenNoise.Apply(kind, ids.AsSpan(first, ordinary), rate, tokensInUse, ref chance);
            positions.AddRange(Enumerable.Range(first, ordinary));
        }

        // A batch of empty texts still has something to name: the token that opens it.
        if (positions.Count == 0) positions.Add(0);
        return new Corruption(ids, [.. positions], [.. positions.Select(position => (long)texts.Ids[position])]);
    }

    private static double RateOf(ObjectiveInput input, KnobValues knobs) => knobs.Find(Rate) ?? input.Plan.Masking.TokenRate;

    /// <summary>The cheaper of guessing and of copying, both by what the batch itself says of them.</summary>
    public static double TrivialLoss(Corruption corruption)
    {
        int[] seen = [.. corruption.Positions.Select(position => corruption.Ids[position])], right = [.. corruption.Targets.Select(target => (int)target)];
        var guess = new Unigrams(right);
        double trust = seen.Zip(right, (shown, target) => shown == target ? 1.0 : 0).Average();
        double copy = seen.Zip(right, (shown, target) => -Math.Log((shown == target ? trust : 0) + ((1 - trust) * guess.Share(target)))).Average();
        return Math.Min(guess.Entropy, copy);
    }

    /// <summary>What the tower makes of the ordinary tokens' places, fp32 [M, D].</summary>
    private static Tensor Encode(ObjectiveInput input, Corruption corruption) => input.Towers.Text.Encode(
        new TokenTensors(Check.NotNull(input.Texts, "denoising reads texts"), corruption.Ids, input.Device), tensor(corruption.Positions, device: input.Device));
}
