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
    /// <param name="wanted">
    /// Picks the rows that are wanted, [B·T, D] → [R, D]; null where all are. After the last attention rows no longer meet, so all that
    /// comes behind it is computed for the wanted ones only.
    /// </param>
    /// <returns>Normalised features, fp32 [B·T, D] or [R, D].</returns>
    public Tensor Forward(Tensor x, long batch, long tokens, Tensor? hidden, Func<Tensor, Tensor>? wanted = null)
    {
        Shape.Require(x, prefix + " tokens", batch * tokens, plan.Width);
        for (var layer = 0; layer < plan.Layers; layer++)
        {
            string name = BlockName(prefix, layer);
            Tensor attended = Attend(x, name, batch, tokens, hidden); // [B·T, D]
            if (wanted is not null && layer == plan.Layers - 1) (x, attended) = (wanted(x), wanted(attended)); // [R, D]
            x = Numerics.AddBranch(x, Numerics.Linear(attended, weights, name + ".attn.proj"));
            x = Numerics.AddBranch(x, Perceive(x, name));
        }

        return Numerics.LayerNormFp32(x, weights, prefix + ".norm");
    }

    private Tensor Attend(Tensor x, string name, long batch, long tokens, Tensor? hidden)
    {
        Tensor joined = Numerics.Linear(Numerics.LayerNorm(x, weights, name + ".norm1"), weights, name + ".attn.qkv"); // [B·T, 3·D]
        return Attention.Attend(joined, batch, tokens, plan.Heads, hidden);
    }

    private Tensor Perceive(Tensor x, string name)
    {
        Tensor wide = Numerics.Linear(Numerics.LayerNorm(x, weights, name + ".norm2"), weights, name + ".mlp.fc1"); // [R, 4·D]
        return Numerics.Linear(nn.functional.gelu(wide), weights, name + ".mlp.fc2"); // [R, D]
    }

    private static string BlockName(string prefix, int layer) => string.Create(CultureInfo.InvariantCulture, $"{prefix}.blocks.{layer}");
}
