using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Contrast of texts. Gao, Yao and Chen, "SimCSE: Simple Contrastive Learning of Sentence Embeddings" (EMNLP 2021), section 3, equation 4: of the batch's second encodings the one of the same text is to be found; the two differ in
/// nothing but what chance took away.
/// </summary>
/// <remarks>
/// Reference implementation: princeton-nlp/SimCSE. We differ: the towers have no dropout, so it is here alone, on the embedded tokens before the first block (one of BERT's places for it; 0.1 as there), and besides every fifth token is cut off
/// whole (Yan et al., "ConSERT", ACL 2021, section 3.2): a tower that begins from nothing learns by dropout alone to tell every line from every other, and lines of one template are to stay together (of 7,377 lines of eight systems' logs, after 400 steps of
/// a small tower, the nearest neighbour had the same template for 66 % by dropout alone, 82 % with the cut, 76 % untrained). What is taken away is drawn on the host by the step's key, the same on every device; a feature is the mean over tokens and not the first token's; texts that are equal belong together, as in <see cref="Clip"/>, since lines of logs repeat; both directions are asked, so that the two
/// encodings change places without changing the loss. Temperature 0.05; the head, one layer and a tanh, is for training alone (section 3). Trivial loss: ln B, what indifferent scores get; a collapsed network gets
/// the same, so collapse does not pay.
/// </remarks>
internal static class SimCse
{
    // B batch, T width of the batch, D width of the tower.
    public const string Section = "simcse";

    private const string Dense = "simcse.dense";

    private static readonly Knob
        Temperature = Knob.Temperature(0.05, "section 3"),
        DroppedShare = new("dropout", 0.1, 0, 0.9, "share of an embedded token's numbers that is taken away", "section 3; BERT's"),
        CutShare = new("cut", 0.2, 0, 0.9, "share of the tokens that is taken away whole", "ConSERT, section 3.2; SimCSE has none");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, DroppedShare, CutShare], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.SimCse,
        About = new(
            "text: a text is found again among all others of the batch by what is left of it; features that tell kinds of lines apart",
            "two passes over the text, no token table; wants large batches",
            "Gao, Yao and Chen, SimCSE: Simple Contrastive Learning of Sentence Embeddings, 2021, section 3"),
        Modality = Modality.Text,
        ReadsText = true,
        SamplesMin = 2,
        Sections = [TextTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. TransformerStack.DeclareLinear(Dense, plan.Text.Width, plan.Text.Width)])],
        TermNames = ["accuracy"],
        Loss = input => Loss(input, Drop(input, knobs), knobs[Temperature]),
        FeatureWidths = plan => [plan.Text.Width],
        Features = input => [Encode(input, Drop(input, knobs)).Both],
        ProbeLosses = input => Clip.CrossEntropies(Scores(input, Encode(input, Drop(input, knobs)), knobs[Temperature]), Positives(input)).unsqueeze(0), // [1, B]
        TrivialLoss = input => Math.Log(Texts(input).Rows),
    };

    /// <summary>The loss where it is known what is dropped.</summary>
    /// <param name="dropped">As <see cref="Drop(ObjectiveInput, KnobValues)"/> gives it.</param>
    public static ObjectiveLoss Loss(ObjectiveInput input, float[] dropped, double temperature)
    {
        TwoViews features = Encode(input, dropped);
        Tensor scores = Scores(input, features, temperature), positives = Positives(input); // [B, B] each
        return new ObjectiveLoss(Clip.SymmetricCrossEntropy(scores, positives), Clip.Accuracy(scores.detach(), positives)) { Features = () => [features.Both] };
    }

    /// <summary>
    /// For each number of each embedded token of the first encodings, then of the second [2B·T·D]: 0 where it is dropped or its token is cut off, else what keeps the mean of a token that is not.
    /// </summary>
    public static float[] Drop(ObjectiveInput input, KnobValues knobs)
    {
        float droppedShare = (float)knobs[DroppedShare], cutShare = (float)knobs[CutShare];
        var chance = new Philox(input.Key.With(ChanceStream.Dropout, input.Key.Part));
        int width = input.Plan.Model.Text.Width;
        var dropped = new float[2 * Texts(input).Ids.Length * width];
        for (var token = 0; token < dropped.Length; token += width)
        {
            if (chance.NextSingle() < cutShare) continue;
            foreach (ref float number in dropped.AsSpan(token, width)) number = chance.NextSingle() < droppedShare ? 0 : 1 / (1 - droppedShare);
        }

        return dropped;
    }

    /// <summary>Both encodings of each text.</summary>
    private static TwoViews Encode(ObjectiveInput input, float[] dropped)
    {
        TokenBatch texts = Texts(input);
        TokenBatch twice = texts.Select([.. Enumerable.Range(0, 2 * texts.Rows).Select(row => row % texts.Rows)]);
        Tensor mask = tensor(dropped, device: input.Device).view(twice.Ids.Length, input.Plan.Model.Text.Width); // [2B·T, D]
        return new TwoViews(input.Towers.Text.Pool(new TokenTensors(twice, input.Device), mask)); // [2B, D]
    }

    /// <summary>Cosines of the first encodings with the second ones behind the head, over the temperature, fp32 [B, B].</summary>
    private static Tensor Scores(ObjectiveInput input, TwoViews features, double temperature)
    {
        Weights weights = input.Towers.Weights;
        Tensor dense = Numerics.Linear(features.Both.to_type(weights.Dtype), weights, Dense).to_type(ScalarType.Float32).tanh(); // [2B, D]
        var projected = new TwoViews(nn.functional.normalize(dense, dim: 1));
        return projected.One.mm(projected.Other.t()) * (1 / temperature);
    }

    private static Tensor Positives(ObjectiveInput input)
    {
        TokenBatch texts = Texts(input);
        return tensor(Clip.Positives(texts), device: input.Device).view(texts.Rows, texts.Rows);
    }

    private static TokenBatch Texts(ObjectiveInput input) => Check.NotNull(input.Texts, "contrast of texts reads texts");
}
