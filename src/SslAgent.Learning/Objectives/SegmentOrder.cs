using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Sentence-order prediction. Lan et al., "ALBERT: A Lite BERT for Self-supervised Learning of Language Representations" (ICLR 2020), section 3.1: two segments of one text in their order, or changed in places, are to be told apart, by a
/// logistic loss in nats.
/// </summary>
/// <remarks>
/// Reference implementation: google-research/albert. We differ: a line of a log has no sentences, so its two halves by tokens are the segments; nothing separates them, since the seam is always in the middle; the mean feature is asked and not the
/// first token's. Of one line little is learned but how such lines are built, where a time stands and where a name: soon all is told, and alone it keeps features of a few directions. A text whose order nobody can tell (one token, two equal
/// halves) costs ln 2 whatever is said. Trivial loss: ln 2, a coin's; a collapsed network gets the same.
/// </remarks>
internal static class SegmentOrder
{
    // B batch, D width of the tower.
    public const string Section = "segment_order";

    private const string Dense = "segment_order.dense", Verdict = "segment_order.swapped";

    private const float SwappedShare = 0.5f;

    public static ObjectiveDefinition Definition { get; } = new()
    {
        Name = ObjectiveNames.SegmentOrder,
        About = new(
            "text: tells whether the two halves of a line have changed places; a light second task beside mlm or causal-lm",
            "one pass over the text, no token table: the cheapest on text",
            "Lan et al., ALBERT, 2020, section 3.1"),
        Modality = Modality.Text,
        ReadsText = true,
        SamplesMin = 1,
        Sections = [TextTower.Section, Section],
        Declare = plan => [Declare(plan)],
        TermNames = ["accuracy"],
        Loss = input => Loss(input, Arrange(input)),
        FeatureWidths = plan => [plan.Text.Width],
        Features = input => [Pool(input, Arrange(input))],
        TrivialLoss = _ => Math.Log(2),
    };

    /// <summary>Texts whose halves are in order or not.</summary>
    /// <param name="Swapped">1 where they have changed places, else 0 [B].</param>
    /// <param name="Told">1 where somebody could tell, else 0 [B].</param>
    internal sealed record Arrangement(TokenBatch Texts, float[] Swapped, float[] Told);

    /// <summary>The loss where it is known which halves have changed places.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, Arrangement arrangement)
    {
        Weights weights = input.Towers.Weights;
        Tensor pooled = Pool(input, arrangement); // [B, D]
        Tensor dense = Numerics.Linear(pooled.to_type(weights.Dtype), weights, Dense).tanh(); // [B, D]
        Tensor logits = Numerics.Linear(dense, weights, Verdict).to_type(ScalarType.Float32).squeeze(1); // [B]
        Tensor swapped = tensor(arrangement.Swapped, device: input.Device), told = tensor(arrangement.Told, device: input.Device); // [B] each
        Tensor surprises = nn.functional.binary_cross_entropy_with_logits(logits, swapped, reduction: nn.Reduction.None); // [B]
        Tensor right = ((logits.detach() > 0).to_type(ScalarType.Float32) == swapped).to_type(ScalarType.Float32); // [B]
        // Who cannot be told apart is worth a coin, in the loss and in the term.
        return new ObjectiveLoss(((surprises * told) + ((1 - told) * Math.Log(2))).mean(), ((right * told) + ((1 - told) * SwappedShare)).mean()) { Features = () => [pooled] };
    }

    /// <summary>Lets a coin by the input's key decide for each text whether its halves change places.</summary>
    public static Arrangement Arrange(ObjectiveInput input) =>
        Arrange(Check.NotNull(input.Texts, "segments are of texts"), input.Key.With(ChanceStream.Masking, input.Key.Part));

    public static Arrangement Arrange(TokenBatch texts, DrawKey key)
    {
        var chance = new Philox(key);
        var arranged = new TokenBatch([.. texts.Ids], texts.Lengths, texts.Width);
        float[] swapped = new float[texts.Rows], told = new float[texts.Rows];
        for (var row = 0; row < texts.Rows; row++)
        {
            bool swaps = chance.NextSingle() < SwappedShare;
            int[] ordinary = texts.Row(row)[1..^1].ToArray();
            int half = ordinary.Length / 2;
            int[] changed = [.. ordinary[half..], .. ordinary[..half]];
            if (changed.SequenceEqual(ordinary)) continue;
            told[row] = 1;
            if (!swaps) continue;
            swapped[row] = 1;
            changed.CopyTo(arranged.Row(row)[1..]);
        }

        return new Arrangement(arranged, swapped, told);
    }

    private static SectionSpec Declare(ModelPlan plan) => new(
        Section,
        [
            .. TransformerStack.DeclareLinear(Dense, plan.Text.Width, plan.Text.Width),
            .. TransformerStack.DeclareLinear(Verdict, 1, plan.Text.Width),
        ]);

    private static Tensor Pool(ObjectiveInput input, Arrangement arrangement) => input.Towers.Text.Pool(new TokenTensors(arrangement.Texts, input.Device));
}
