using System.Globalization;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Towers;

/// <summary>Pre-norm Transformer blocks and the normalisation after the last (Dosovitskiy et al. 2021, equations 2 to 4).</summary>
/// <param name="prefix">Where its parameters' names begin, for example <c>vision</c>.</param>
internal sealed class TransformerStack(TowerPlan plan, Weights weights, string prefix)
{
    // B batch, T tokens, D width.

    /// <summary>The parameters of a stack of this shape.</summary>
    public static IEnumerable<ParameterSpec> Declare(TowerPlan plan, string prefix)
    {
        for (var layer = 0; layer < plan.Layers; layer++)
        {
            string block = BlockName(prefix, layer);
            foreach (ParameterSpec spec in DeclareNorm(block + ".norm1", plan.Width)) yield return spec;
            foreach (ParameterSpec spec in DeclareLinear(block + ".attn.qkv", 3 * plan.Width, plan.Width)) yield return spec;
            foreach (ParameterSpec spec in DeclareLinear(block + ".attn.proj", plan.Width, plan.Width)) yield return spec;
            foreach (ParameterSpec spec in DeclareNorm(block + ".norm2", plan.Width)) yield return spec;
            foreach (ParameterSpec spec in DeclareLinear(block + ".mlp.fc1", plan.Hidden, plan.Width)) yield return spec;
            foreach (ParameterSpec spec in DeclareLinear(block + ".mlp.fc2", plan.Width, plan.Hidden)) yield return spec;
        }

        foreach (ParameterSpec spec in DeclareNorm(prefix + ".norm", plan.Width)) yield return spec;
    }

    public static ParameterSpec[] DeclareLinear(string name, long rows, long columns) =>
        [ParameterSpec.Matrix(name + ".weight", rows, columns), ParameterSpec.Bias(name + ".bias", rows)];

    public static ParameterSpec[] DeclareNorm(string name, long width) =>
        [ParameterSpec.Gain(name + ".weight", width), ParameterSpec.Bias(name + ".bias", width)];

    /// <param name="x">Embedded tokens, positions added, fp32 [B·T, D].</param>
    /// <param name="hidden">As in <see cref="Attention.Attend"/>.</param>
    /// <returns>Normalised features, fp32 [B·T, D].</returns>
    public Tensor Forward(Tensor x, long batch, long tokens, Tensor? hidden)
    {
        Shape.Require(x, prefix + " tokens", batch * tokens, plan.Width);
        for (var layer = 0; layer < plan.Layers; layer++) x = Block(x, BlockName(prefix, layer), batch, tokens, hidden);
        return Numerics.LayerNormFp32(x, weights, prefix + ".norm");
    }

    private Tensor Block(Tensor x, string name, long batch, long tokens, Tensor? hidden)
    {
        Tensor joined = Numerics.Linear(Numerics.LayerNorm(x, weights, name + ".norm1"), weights, name + ".attn.qkv"); // [B·T, 3·D]
        Tensor attended = Attention.Attend(joined, batch, tokens, plan.Heads, hidden); // [B·T, D]
        x = Numerics.AddBranch(x, Numerics.Linear(attended, weights, name + ".attn.proj"));
        Tensor wide = Numerics.Linear(Numerics.LayerNorm(x, weights, name + ".norm2"), weights, name + ".mlp.fc1"); // [B·T, 4·D]
        return Numerics.AddBranch(x, Numerics.Linear(nn.functional.gelu(wide), weights, name + ".mlp.fc2")); // [B·T, D]
    }

    private static string BlockName(string prefix, int layer) => string.Create(CultureInfo.InvariantCulture, $"{prefix}.blocks.{layer}");
}
