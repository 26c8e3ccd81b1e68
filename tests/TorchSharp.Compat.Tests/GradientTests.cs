using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Compat.Tests;

/// <summary>Gradients by central differences for everything that a loss may go through.</summary>
public sealed class GradientTests
{
    private static readonly Generator Chance = new(20261121);

    [Fact]
    public void Arithmetic_has_the_right_slopes()
    {
        Check(t => t[0] * t[1] + t[0] / (t[1] * t[1] + 1) - 2 * t[1], Draw(3, 4), Draw(3, 4));
        Check(t => (t[0].exp() + 1).log() + t[0].sigmoid() + t[0].tanh(), Draw(3, 4));
        Check(t => (t[0].pow(2) + 1).sqrt() + (t[0].square() + 1).rsqrt(), Draw(3, 4));
        Check(t => t[0].addcmul(t[1], t[2], 0.5), Draw(3, 4), Draw(3, 4), Draw(3, 4));
        Check(t => t[0].clamp(-0.5, 0.5).abs(), Draw(3, 4));
        Check(t => minimum(t[0], t[1]) + maximum(t[0], t[1]).square(), Draw(3, 4), Draw(3, 4));
    }

    [Fact]
    public void Products_have_the_right_slopes()
    {
        Check(t => t[0].matmul(t[1]), Draw(2, 3, 4), Draw(2, 4, 2));
        Check(t => addmm(t[0], t[1], t[2], 0.5f, 2), Draw(3, 2), Draw(3, 4), Draw(4, 2));
        Check(t => einsum("bij,bj->bi", t[0], t[1]), Draw(2, 3, 4), Draw(2, 4));
        Check(t => F.linear(t[0], t[1], t[2]), Draw(3, 4), Draw(2, 4), Draw(2));
        Check(t => F.conv2d(t[0], t[1], t[2], strides: [2, 2]), Draw(1, 2, 5, 5), Draw(2, 2, 3, 3), Draw(2));
    }

    [Fact]
    public void Layers_have_the_right_slopes()
    {
        Check(t => F.layer_norm(t[0], [6], t[1], t[2]), Draw(3, 6), Draw(6), Draw(6));
        Check(t => F.gelu(t[0]) + F.gelu(t[0], Modules.GELU.Approximate.tanh), Draw(3, 4));
        Check(t => F.softmax(t[0], 1), Draw(3, 4));
        Check(t => F.log_softmax(t[0], 1), Draw(3, 4));
        Check(t => F.normalize(t[0], dim: -1), Draw(3, 4));
        Check(t => F.cosine_similarity(t[0], t[1]), Draw(3, 4), Draw(3, 4));
        Check(t => F.scaled_dot_product_attention(t[0], t[1], t[2], is_casual: true), Draw(2, 3, 4), Draw(2, 3, 4), Draw(2, 3, 4));
    }

    [Fact]
    public void Losses_have_the_right_slopes()
    {
        using var scope = NewDisposeScope();
        var target = tensor([1L, 0, -100, 2]);
        Check(t => F.cross_entropy(t[0], target), Draw(4, 3));
        Check(t => F.cross_entropy(t[0], target, label_smoothing: 0.1), Draw(4, 3));
        Check(t => F.mse_loss(t[0], t[1]), Draw(3, 4), Draw(3, 4));
        Check(t => F.smooth_l1_loss(t[0], t[1], beta: 0.5), Draw(3, 4), Draw(3, 4));
        Check(t => t[0].logsumexp(1), Draw(3, 4));
        Check(t => t[0].var(1) + t[0].std(1) + t[0].mean([1L]), Draw(3, 4));
    }

    [Fact]
    public void Resampling_has_the_right_slopes()
    {
        Check(t => F.interpolate(t[0], [3, 4], mode: InterpolationMode.Bilinear), Draw(1, 2, 5, 5));
        Check(t => F.interpolate(t[0], [3, 4], mode: InterpolationMode.Bilinear, antialias: true), Draw(1, 1, 6, 6));
        Check(t => F.interpolate(t[0], [7, 6], mode: InterpolationMode.Bicubic), Draw(1, 1, 4, 4));
        Check(t => F.grid_sample(t[0], F.affine_grid(t[1], [1, 2, 3, 3]), align_corners: false), Draw(1, 2, 5, 5), Draw(1, 2, 3) * 0.3);
        Check(t => F.unfold(F.pad(t[0], (1, 1, 0, 1)), 2, stride: 2), Draw(1, 2, 3, 4));
    }

    [Fact]
    public void Reshapes_and_indices_have_the_right_slopes()
    {
        using var scope = NewDisposeScope();
        var index = tensor([2L, 0, 2]);
        Check(t => t[0].index_select(0, index).square(), Draw(3, 4));
        Check(t => t[0].gather(0, index.unsqueeze(1).expand(3, 4)).square(), Draw(3, 4));
        Check(t => t[0].index_add(0, index, t[1], 2).square(), Draw(3, 4), Draw(3, 4));
        Check(t => cat([t[0].permute(1, 0), t[1]], 0).square(), Draw(3, 4), Draw(2, 3));
        Check(t => stack([t[0][0], t[0][TensorIndex.Slice(1, 2)].squeeze(0)]).square(), Draw(3, 4));
        Check(t => t[0].masked_fill(index.unsqueeze(1) > 1, 0).square() + t[0].flip(1) * t[0].roll(1, 0), Draw(3, 4));
        Check(t => where(t[0] > 0, t[0].square(), t[1]), Draw(3, 4), Draw(3, 4));
    }

    private static void Check(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        Gradient.Check(function, inputs);
        foreach (var input in inputs)
        {
            input.Dispose();
        }
    }

    private static Tensor Draw(params long[] size)
    {
        lock (Chance)
        {
            return randn(size, ScalarType.Float64, generator: Chance);
        }
    }
}
