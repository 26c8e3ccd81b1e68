using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests.Support;

/// <summary>Autograd against central differences, element by element, in float64.</summary>
internal static class Gradient
{
    private const double Step = 1e-6;

    public static void Check(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        var leaves = Array.ConvertAll(inputs, t => t.to(ScalarType.Float64).clone().requires_grad_());
        var analytic = autograd.grad([Weighted(function(leaves))], leaves);
        using var frozen = no_grad();
        for (var i = 0; i < leaves.Length; i++)
        {
            Near.Equal(Numeric(function, leaves, i), analytic[i], 2e-7 * Math.Max(1, analytic[i].abs().max().item<double>()) + 1e-8);
        }
    }

    /// <summary>One number from any result, with another weight for each element, so that no error cancels.</summary>
    public static Tensor Weighted(Tensor y) => y.mul(arange(y.numel(), ScalarType.Float64).cos().to(y.dtype).reshape(y.shape)).sum();

    private static Tensor Numeric(Func<Tensor[], Tensor> function, Tensor[] leaves, int which)
    {
        var slopes = new double[leaves[which].numel()];
        var values = leaves[which].data<double>();
        var flat = values.ToArray();
        for (var k = 0; k < slopes.Length; k++)
        {
            slopes[k] = (At(flat[k] + Step, k) - At(flat[k] - Step, k)) / (2 * Step);
            At(flat[k], k);
        }
        return tensor(slopes).reshape(leaves[which].shape);

        double At(double value, int k)
        {
            using var inner = NewDisposeScope();
            values.CopyFrom([value], 0, k);
            return Weighted(function(leaves)).item<double>();
        }
    }
}
