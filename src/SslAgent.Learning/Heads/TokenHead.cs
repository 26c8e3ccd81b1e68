using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Heads;

/// <summary>Names tokens by features of the text tower's width: BERT's transform layer, then the table that tokens are read with as output matrix (Devlin et al. 2018, run_pretraining.py). Trained beside a tower, never served.</summary>
/// <param name="name">Where its parameters' names begin.</param>
internal sealed class TokenHead(string name)
{
    // M places, D width of the text tower, V vocabulary.
    public IEnumerable<ParameterSpec> Declare(ModelPlan plan) =>
    [
        .. TransformerStack.DeclareLinear(name + ".dense", plan.Text.Width, plan.Text.Width),
        .. TransformerStack.DeclareNorm(name + ".norm", plan.Text.Width),
        ParameterSpec.Bias(name + ".bias", plan.VocabularySize),
    ];

    /// <param name="features">fp32 [M, D].</param>
    /// <returns>fp32 [M, V].</returns>
    public Tensor Logits(Tensor features, Weights weights)
    {
        Tensor dense = nn.functional.gelu(Numerics.Linear(features.to_type(weights.Dtype), weights, name + ".dense"));
        Tensor normed = Numerics.LayerNorm(dense.to_type(ScalarType.Float32), weights, name + ".norm"); // [M, D]
        return nn.functional.linear(normed, weights[TextTower.TokensName], weights[name + ".bias"]).to_type(ScalarType.Float32);
    }
}
