using static TorchSharp.torch;

namespace SslAgent.Learning.Towers;

/// <summary>Self-attention (Vaswani et al. 2017, equation 1) from batched products of contiguous heads.</summary>
internal static class Attention
{
    // B batch, T tokens, H heads, W width of a head, D = H·W.

    /// <summary>Attends within each row of the batch.</summary>
    /// <param name="joined">Queries, keys and values side by side [B·T, 3·D].</param>
    /// <param name="hidden">Added to the scores: 0 where a key may be seen, very negative where it may not [B·H, 1, T], or [1, T, T] where that depends on who asks; null where all may be.</param>
    /// <returns>[B·T, D].</returns>
    public static Tensor Attend(Tensor joined, long batch, long tokens, long heads, Tensor? hidden)
    {
        long width = joined.shape[1] / (3 * heads);
        Tensor split = joined.view(batch, tokens, 3, heads, width).permute(2, 0, 3, 1, 4).contiguous(); // [3, B, H, T, W]
        Tensor[] parts = split.view(3, batch * heads, tokens, width).unbind(0); // 3 x [B·H, T, W]
        Tensor attended = joined.is_cuda
            ? Fused(parts, hidden, tokens)
            : Composed(parts, hidden, (float)(1 / Math.Sqrt(width))); // [B·H, T, W]
        return attended.view(batch, heads, tokens, width).transpose(1, 2).reshape(batch * tokens, heads * width); // [B·T, D]
    }

    private static Tensor Composed(Tensor[] parts, Tensor? hidden, float scale)
    {
        // Never beta 0: libtorch 1.13 multiplies uninitialised memory by it where the matrices are tiny, and 0 times NaN is NaN.
        Tensor seed = hidden ?? zeros(1, dtype: parts[0].dtype);
        Tensor scores = baddbmm(seed, parts[0], parts[1].transpose(1, 2), beta: 1, alpha: scale); // [B·H, T, T]
        return bmm(scores.softmax(-1), parts[2]);
    }

    private static Tensor Fused(Tensor[] parts, Tensor? hidden, long tokens)
    {
        Tensor? mask = hidden?.expand(parts[0].shape[0], tokens, tokens);
        return nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], mask);
    }
}
