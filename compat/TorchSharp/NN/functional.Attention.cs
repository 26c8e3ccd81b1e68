using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>Scaled dot-product attention: softmax(q kᵀ / √d + mask) v, as in Vaswani et al. 2017, eq. 1.</summary>
public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>
            /// Shapes [.., N, D], [.., M, D], [.., M, E] to [.., N, E]. A bool mask is true where attention is allowed; any other is added.
            /// Where libtorch has the fused operator (2.x) it is used; 1.13's public libtorch has none, and the parts are composed.
            /// </summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null,
                double p = 0, bool is_casual = false)
            {
                if (p < 0)
                {
                    throw new ArgumentException("A dropout probability is not negative.", nameof(p));
                }
                if (is_casual && attn_mask is not null)
                {
                    throw new ArgumentException("Causal attention brings its own mask.", nameof(attn_mask));
                }
                return Aten.scaled_dot_product_attention.Exists
                    ? Aten.scaled_dot_product_attention.Call(query, key, value, attn_mask, p, is_casual)
                    : Compose(query, key, value, attn_mask, p, is_casual);
            }

            private static Tensor Compose(Tensor query, Tensor key, Tensor value, Tensor? mask, double p, bool causal)
            {
                using var scope = NewDisposeScope();
                // Scaling the smaller operand instead of the scores saves a pass over [.., N, M].
                var scaled = query.mul(1 / Math.Sqrt(query.size(-1)));
                var scores = scaled.matmul(key.transpose(-2, -1)); // [.., N, M]
                if (causal)
                {
                    mask = ones(query.size(-2), key.size(-2), ScalarType.Bool, query.device).tril();
                }
                if (mask is not null)
                {
                    scores = mask.dtype == ScalarType.Bool
                        ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity)
                        : scores.add(mask);
                }
                var weights = scores.softmax(-1);
                if (p > 0)
                {
                    weights = dropout(weights, p);
                }
                return weights.matmul(value).MoveToOuterDisposeScope(); // [.., N, E]
            }
        }
    }
}
