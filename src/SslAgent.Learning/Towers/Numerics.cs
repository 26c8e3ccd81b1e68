using SslAgent.Learning.Parameters;
using static TorchSharp.torch;

namespace SslAgent.Learning.Towers;

/// <summary>
/// The few layers everything is made of. The residual stream and normalisation are fp32, matrix products are in the weights' dtype:
/// casts are written out where they happen, and no operation mixes dtypes (on CPU a mixed addition costs twenty times a cast and an addition).
/// </summary>
internal static class Numerics
{
    public const double LayerNormEpsilon = 1e-6;

    /// <summary>x [R, in], weight [out, in] → [R, out] in the weights' dtype.</summary>
    public static Tensor Linear(Tensor x, Weights weights, string name) =>
        nn.functional.linear(x, weights[name + ".weight"], weights[name + ".bias"]);

    /// <summary>Normalises fp32 rows [R, D] and gives them in the weights' dtype, ready for a matrix product.</summary>
    public static Tensor LayerNorm(Tensor x, Weights weights, string name) => LayerNormFp32(x, weights, name).to_type(weights.Dtype);

    /// <summary>Normalises fp32 rows [R, D], staying in fp32.</summary>
    public static Tensor LayerNormFp32(Tensor x, Weights weights, string name)
    {
        Tensor gain = weights[name + ".weight"].to_type(ScalarType.Float32);
        Tensor bias = weights[name + ".bias"].to_type(ScalarType.Float32);
        return nn.functional.layer_norm(x, [gain.shape[0]], gain, bias, LayerNormEpsilon);
    }

    /// <summary>x + y for a residual x fp32 [R, D] and a branch y in the weights' dtype [R, D].</summary>
    public static Tensor AddBranch(Tensor x, Tensor y) => x + y.to_type(ScalarType.Float32);
}
