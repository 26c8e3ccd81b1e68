using static TorchSharp.torch;

namespace SslAgent.Learning.Torch;

/// <summary>Sums with products of batches of matrices, whichever TorchSharp computes them.</summary>
internal static class BatchedProducts
{
    // TorchSharp 0.107 declares baddbmm as PyTorch does (input, batch1, batch2) and its native half takes the three as (batch1, batch2, input). It is asked, not
    // known by its version: a package that has it mended goes on computing the same.
    private static readonly bool InputComesLast = AsksForInputLast();

    /// <returns>input + alpha * batch1 @ batch2, as torch.baddbmm with beta 1.</returns>
    public static Tensor Add(Tensor input, Tensor batch1, Tensor batch2, float alpha) => InputComesLast
        ? baddbmm(batch1, batch2, input, beta: 1, alpha: alpha)
        : baddbmm(input, batch1, batch2, beta: 1, alpha: alpha);

    private static bool AsksForInputLast()
    {
        using var scope = NewDisposeScope();
        using var plain = no_grad();
        return baddbmm(One(1), One(2), One(3)).item<float>() == 3 + (1 * 2); // Else 1 + 2 * 3.
    }

    private static Tensor One(float value) => full(1, 1, 1, value); // [1, 1, 1]
}
