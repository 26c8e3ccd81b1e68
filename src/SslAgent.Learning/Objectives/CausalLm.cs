using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Causal language modelling. Radford et al., "Improving Language Understanding by Generative Pre-Training" (GPT, 2018), section 3.1, equations 1 and 2: each token is to be told from those before it, by the table that tokens
/// are read with; the loss is the cross-entropy over all of them, the closing one included, in nats.
/// </summary>
/// <remarks>
/// Reference implementation: openai/finetune-transformer-lm. We differ: normalisation is before each block and after the last (GPT-2's way, and this tower's); no dropout. It has no weights of its own. The tower is the one that reads both ways
/// for all others and for whoever asks for a text's feature; beside <see cref="Mlm"/> that is Dong et al., UniLM (NeurIPS 2019), where one network learns under both masks. Alone it trains what then is asked in a way in which it was never
/// trained. Trivial loss: the entropy of single tokens in the very batch, the closing ones included.
/// </remarks>
internal static class CausalLm
{
    // B batch, T width of the batch, M tokens that are told in all, D width, V vocabulary.
    public static ObjectiveDefinition Definition { get; } = new()
    {
        Name = ObjectiveNames.CausalLm,
        About = new(
            "text: tells each token from those before it; a signal from every token, beside mlm",
            "one pass over the text and the token table at every place: several times mlm's memory",
            "Radford et al., Improving Language Understanding by Generative Pre-Training, 2018, section 3.1"),
        Modality = Modality.Text,
        ReadsText = true,
        SamplesMin = 1,
        Sections = [TextTower.Section],
        Declare = _ => [],
        TermNames = ["accuracy"],
        Loss = Loss,
        FeatureWidths = plan => [plan.Text.Width],
        Features = input => [Encode(input, Next(Texts(input)).Positions)],
        VouchesForFeatures = true,
        TrivialLoss = input => new Unigrams(Next(Texts(input)).Targets.Select(token => (int)token)).Entropy,
    };

    public static ObjectiveLoss Loss(ObjectiveInput input)
    {
        (int[] positions, long[] targets) = Next(Texts(input));
        Tensor features = Encode(input, positions); // [M, D]
        Tensor logits = Logits(features, input.Towers.Weights), right = tensor(targets, device: input.Device); // [M, V] and [M]
        Tensor accuracy = (logits.detach().argmax(1) == right).to_type(ScalarType.Float32).mean();
        return new ObjectiveLoss(Mlm.CrossEntropy(logits, right), accuracy) { Features = () => [features] };
    }

    /// <summary>Equation 2's last line: the token table as output matrix, [M, D] fp32 → [M, V] fp32.</summary>
    public static Tensor Logits(Tensor features, Weights weights) =>
        nn.functional.linear(features.to_type(weights.Dtype), weights[TextTower.TokensName]).to_type(ScalarType.Float32);

    /// <summary>Every place of a text but its last [M], and the token that comes after it [M].</summary>
    public static (int[] Positions, long[] Targets) Next(TokenBatch texts)
    {
        int[] positions = [.. Enumerable.Range(0, texts.Rows).SelectMany(row => Enumerable.Range(row * texts.Width, texts.Lengths[row] - 1))];
        return (positions, [.. positions.Select(position => (long)texts.Ids[position + 1])]);
    }

    /// <summary>What the tower makes of these places when it sees nothing that comes after them, fp32 [M, D].</summary>
    private static Tensor Encode(ObjectiveInput input, int[] positions) =>
        input.Towers.Text.Encode(new TokenTensors(Texts(input), input.Device), tensor(positions, device: input.Device), causal: true);

    private static TokenBatch Texts(ObjectiveInput input) => Check.NotNull(input.Texts, "causal language modelling reads texts");
}
