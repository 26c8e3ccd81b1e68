using SslAgent.Learning.Torch;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Torch;

public sealed class BatchedProductsTests
{
    [Fact]
    public void The_input_is_added_and_the_batches_are_multiplied_wherever_TorchSharp_puts_them()
    {
        using var scope = NewDisposeScope();
        Tensor input = arange(6, dtype: ScalarType.Float32).view(2, 3, 1), left = arange(12, dtype: ScalarType.Float32).view(2, 3, 2);
        Tensor right = arange(8, dtype: ScalarType.Float32).view(2, 2, 2);
        Assert.True((input + (0.5 * left.bmm(right))).Equals(BatchedProducts.Add(input, left, right, 0.5f)));
    }
}
