using SslAgent.Learning.Torch;
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
        Tensor attended = joined.is_cuda
            ? Fused(split.unbind(0), hidden)
            : Composed(split.view(3, batch * heads, tokens, width).unbind(0), hidden, (float)(1 / Math.Sqrt(width))); // [B·H, T, W]
        return attended.view(batch, heads, tokens, width).transpose(1, 2).reshape(batch * tokens, heads * width); // [B·T, D]
    }

    private static Tensor Composed(Tensor[] parts, Tensor? hidden, float scale)
    {
        // Never beta 0: libtorch 1.13 multiplies uninitialised memory by it where the matrices are tiny, and 0 times NaN is NaN.
        Tensor seed = hidden ?? zeros(1, dtype: parts[0].dtype);
        Tensor scores = BatchedProducts.Add(seed, parts[0], parts[1].transpose(1, 2), scale); // [B·H, T, T]
        return bmm(scores.softmax(-1), parts[2]);
    }

    // 3 x [B, H, T, W]: of tensors with one dimension less libtorch computes every product by itself.
    private static Tensor Fused(Tensor[] parts, Tensor? hidden)
    {
        long batch = parts[0].shape[0], heads = parts[0].shape[1], tokens = parts[0].shape[2];
        Tensor? mask = hidden is null
            ? null
            : hidden.shape[0] == 1 ? hidden.unsqueeze(0).expand(batch, heads, tokens, tokens) : hidden.view(batch, heads, 1, tokens).expand(batch, heads, tokens, tokens);
        return nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], mask);
    }
}
