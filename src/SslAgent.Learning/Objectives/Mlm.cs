using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Text;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Masked language modelling. Devlin et al., "BERT" (2018), section 3.1, task 1: of the chosen tokens 80 % become the mask token, 10 % a random one,
/// 10 % stay; the loss is the cross-entropy of the chosen ones, in nats.
/// </summary>
/// <remarks>
/// Reference implementation: google-research/bert, run_pretraining.py (its transform layer and tied output matrix are here too).
/// We differ: each text has the rounded share of its own ordinary tokens chosen, at least one, instead of a coin for each token;
/// features and logits are computed at chosen positions only. Trivial loss: the entropy of single tokens in the very batch.
/// </remarks>
internal static class Mlm
{
    // B batch, T width of the batch, M chosen positions in all, D width, V vocabulary.
    public const string Section = "mlm";

    private const float MaskedShare = 0.8f, RandomShare = 0.1f;

    private static readonly Knob Rate = new("maskRate", 0.15, 0.01, 0.9, "share of a text's tokens that is hidden; by default learning.mlmMaskRate's", "section 3.1, task 1") { DefaultOf = plan => plan.Masking.TokenRate };

    private static readonly TokenHead Head = new(Section);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Rate], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Mlm,
        About = new(
            "text: hides some tokens and learns to name them",
            "one pass over the text and the token table at hidden places",
            "Devlin et al., BERT, 2018, section 3.1, task 1"),
        Modality = Modality.Text,
        ReadsText = true,
        SamplesMin = 1,
        Sections = [TextTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. Head.Declare(plan)])],
        Loss = input => Loss(input, Hide(input, RateOf(input, knobs))),
        FeatureWidths = plan => [plan.Text.Width],
        Features = input => [EncodeChosen(input, Hide(input, RateOf(input, knobs)))],
        VouchesForFeatures = true,
        TrivialLoss = TrivialLoss,
    };

    /// <summary>A batch with tokens hidden.</summary>
    /// <param name="Ids">What the tower sees [B·T].</param>
    /// <param name="Positions">Chosen places in it [M].</param>
    /// <param name="Targets">The true tokens there [M].</param>
    internal sealed record Masking(int[] Ids, int[] Positions, long[] Targets);

    /// <summary>The loss where it is known what is hidden.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, Masking masking)
    {
        Tensor chosen = EncodeChosen(input, masking); // [M, D]
        return new ObjectiveLoss(CrossEntropy(Head.Logits(chosen, input.Towers.Weights), tensor(masking.Targets, device: input.Device))) { Features = () => [chosen] };
    }

    /// <summary>Chooses by the input's key which tokens are hidden.</summary>
    /// <param name="rate">Share of each text's tokens.</param>
    public static Masking Hide(ObjectiveInput input, double rate)
    {
        TokenBatch texts = Check.NotNull(input.Texts, "masked language modelling reads texts");
        return Hide(texts, rate, input.TokensInUse, input.Key.With(ChanceStream.Masking, input.Key.Part));
    }

    /// <summary>Chooses and hides tokens; special ones are never chosen, unless a batch has no others.</summary>
    public static Masking Hide(TokenBatch texts, double rate, int tokensInUse, DrawKey key)
    {
        var chance = new Philox(key);
        int[] ids = [.. texts.Ids];
        var positions = new List<int>();
        var targets = new List<long>();
        for (var row = 0; row < texts.Rows; row++)
        {
            int ordinary = texts.Lengths[row] - 2;
            if (ordinary <= 0) continue;
            int[] order = [.. Enumerable.Range(row * texts.Width + 1, ordinary)];
            int chosen = Math.Max(1, (int)Math.Round(rate * ordinary));
            MaskDraw.ChooseFirst(order, chosen, ref chance);
            foreach (int position in order.AsSpan(0, chosen))
            {
                positions.Add(position);
                targets.Add(ids[position]);
                float kind = chance.NextSingle();
                if (kind < MaskedShare) ids[position] = SpecialTokens.Mask;
                else if (kind < MaskedShare + RandomShare) ids[position] = RandomToken(tokensInUse, ref chance);
            }
        }

        return positions.Count > 0 ? new Masking(ids, [.. positions], [.. targets]) : new Masking(ids, [0], [SpecialTokens.Start]);
    }

    /// <summary>Mean of ln Σ exp(logits) - logit of the target: what cross_entropy is, five times faster than through log-softmax.</summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor targets)
    {
        Tensor all = logsumexp(logits, 1); // [M]
        Tensor right = logits.gather(1, targets.unsqueeze(1)).squeeze(1); // [M]
        return (all - right).mean();
    }

    /// <summary>What the tower makes of the chosen places, fp32 [M, D].</summary>
    private static Tensor EncodeChosen(ObjectiveInput input, Masking masking) => input.Towers.Text.Encode(
        new TokenTensors(Check.NotNull(input.Texts, "masked language modelling reads texts"), masking.Ids, input.Device),
        tensor(masking.Positions, device: input.Device));

    /// <summary>Any ordinary token that exists; the mask token where none does.</summary>
    public static int RandomToken(int tokensInUse, ref Philox chance) =>
        tokensInUse <= SpecialTokens.Count ? SpecialTokens.Mask : SpecialTokens.Count + chance.NextInt(tokensInUse - SpecialTokens.Count);

    private static double RateOf(ObjectiveInput input, KnobValues knobs) => knobs.Find(Rate) ?? input.Plan.Masking.TokenRate;

    private static double TrivialLoss(ObjectiveInput input)
    {
        TokenBatch texts = Check.NotNull(input.Texts, "masked language modelling reads texts");
        return new Unigrams(Enumerable.Range(0, texts.Rows).SelectMany(row => texts.Row(row)[1..^1].ToArray())).Entropy;
    }
}
