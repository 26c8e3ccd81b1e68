using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests.Support;

/// <summary>Comparisons of tensors, with the worst difference in the message.</summary>
internal static class Near
{
    public static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.True(expected.Equals(actual), $"values differ by up to {Worst(expected, actual)}");
    }

    /// <param name="expected">What PyTorch or theory says.</param>
    /// <param name="actual">What the tensor floor says.</param>
    /// <param name="tolerance">Absolute, for values of order one.</param>
    public static void Equal(Tensor expected, Tensor actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.shape, actual.shape);
        var worst = Worst(expected, actual);
        Assert.True(worst <= tolerance, $"values differ by up to {worst}, allowed {tolerance}");
    }

    private static double Worst(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        if (expected.numel() == 0)
        {
            return 0;
        }
        var difference = expected.to(ScalarType.Float64).sub(actual.detach().to(ScalarType.Float64)).abs().max();
        return difference.item<double>();
    }
}
