using SslAgent.Learning.Batches;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Towers;

/// <summary>
/// The text tower: a bidirectional Transformer encoder (Devlin et al. 2018) with pre-norm blocks and learned positions; a text's feature is the mean
/// over its tokens, special ones included, padding left out.
/// </summary>
internal sealed class TextTower(ModelPlan plan, Weights weights)
{
    // B batch, T tokens of the longest text of the batch, D width.
    public const string Section = "text", TokensName = "text.tokens.weight", PositionsName = "text.positions.weight";

    private readonly TransformerStack _stack = new(plan.Text, weights, Section);

    public static SectionSpec Declare(ModelPlan plan) => new(
        Section,
        [
            ParameterSpec.Table(TokensName, plan.VocabularySize, plan.Text.Width, decayed: true),
            ParameterSpec.Table(PositionsName, plan.TextTokens, plan.Text.Width, decayed: false),
            .. TransformerStack.Declare(plan.Text, Section),
        ]);

    /// <summary>Features of every token, padding's among them (they mean nothing), fp32 [B·T, D]; or of wanted rows only.</summary>
    /// <param name="wanted">Row numbers [R], or null.</param>
    /// <param name="causal">Whether a token sees itself and earlier ones only; else it sees the whole text.</param>
    /// <param name="dropped">What each number of each embedded token is multiplied by before the first block, fp32 [B·T, D]; null where nothing is dropped.</param>
    public Tensor Encode(TokenTensors texts, Tensor? wanted = null, bool causal = false, Tensor? dropped = null)
    {
        long batch = texts.Batch, length = texts.Length, width = plan.Text.Width;
        Shape.Require(texts.Ids, "token ids", batch * length);
        Tensor words = weights[TokensName].index_select(0, texts.Ids).to_type(ScalarType.Float32); // [B·T, D]
        Tensor places = weights[PositionsName].narrow(0, 0, length).to_type(ScalarType.Float32).unsqueeze(0); // [1, T, D]
        Tensor x = (words.view(batch, length, width) + places).view(batch * length, width);
        if (dropped is not null) x = x * dropped;
        Tensor? hidden = causal ? texts.HiddenLater(weights.Dtype) : texts.HiddenKeys(plan.Text.Heads, weights.Dtype);
        return _stack.Forward(x, batch, length, hidden, wanted is null ? null : rows => rows.index_select(0, wanted));
    }

    /// <summary>Mean features fp32 [B, D].</summary>
    /// <param name="dropped">As in <see cref="Encode"/>.</param>
    public Tensor Pool(TokenTensors texts, Tensor? dropped = null)
    {
        Tensor features = Encode(texts, dropped: dropped).view(texts.Batch, texts.Length, plan.Text.Width); // [B, T, D]
        if (texts.Present is null) return features.mean([1]);
        Tensor present = texts.Present.unsqueeze(2); // [B, T, 1]
        return (features * present).sum(1) / present.sum(1); // [B, D]
    }
}
