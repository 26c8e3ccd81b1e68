using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Compat.Tests;

/// <summary>Layers as functions: values and gradients against PyTorch's.</summary>
public sealed class LayerTests
{
    [Fact]
    public void Linear_agrees() => Agrees("linear", t => F.linear(t[0], t[1], t[2]), "x", "w", "b");

    [Fact]
    public void Layer_norm_agrees() => Agrees("layer_norm", t => F.layer_norm(t[0], [8], t[1], t[2], 1e-6), "x", "w", "b");

    [Fact]
    public void Gelu_agrees() => Agrees("gelu", t => F.gelu(t[0]), "x");

    [Fact]
    public void Gelu_by_tanh_agrees() => Agrees("gelu_tanh", t => F.gelu(t[0], Modules.GELU.Approximate.tanh), "x");

    [Fact]
    public void Softmax_agrees() => Agrees("softmax", t => F.softmax(t[0], 1), "x");

    [Fact]
    public void Log_softmax_agrees() => Agrees("log_softmax", t => F.log_softmax(t[0], 0), "x");

    [Fact]
    public void Normalize_agrees() => Agrees("normalize", t => F.normalize(t[0], dim: -1), "x");

    [Fact]
    public void Cosine_similarity_agrees() => Agrees("cosine_similarity", t => F.cosine_similarity(t[0], t[1], -1), "a", "b");

    [Fact]
    public void Convolution_agrees() => Agrees("conv2d", t => F.conv2d(t[0], t[1], t[2], strides: [2, 2], padding: [1, 1]), "x", "w", "b");

    [Fact]
    public void Attention_agrees() => Agrees("attention", t => F.scaled_dot_product_attention(t[0], t[1], t[2]), "q", "k", "v");

    [Theory]
    [InlineData("attention_causal", null)]
    [InlineData("attention_bool_mask", "mask")]
    [InlineData("attention_added_mask", "mask")]
    public void Attention_masks_agree(string name, string? mask)
    {
        using var scope = NewDisposeScope();
        var y = F.scaled_dot_product_attention(
            Fixture.Read($"{name}/q"), Fixture.Read($"{name}/k"), Fixture.Read($"{name}/v"),
            mask is null ? null : Fixture.Read($"{name}/{mask}"), is_casual: mask is null);
        Near.Equal(Fixture.Read($"{name}/y"), y);
    }

    [Fact]
    public void One_hot_and_patches_agree()
    {
        using var scope = NewDisposeScope();
        Near.Same(Fixture.Read("one_hot/y"), F.one_hot(Fixture.Read("one_hot/x"), 5));
        Near.Same(Fixture.Read("unfold/y"), F.unfold(Fixture.Read("unfold/x"), 2, stride: 2));
        Near.Equal(Fixture.Read("fold/y"), F.fold(Fixture.Read("fold/x"), 6, 3));
    }

    private static void Agrees(string name, Func<Tensor[], Tensor> function, params string[] roles)
    {
        using var scope = NewDisposeScope();
        var leaves = Array.ConvertAll(roles, role => Fixture.Read($"{name}/{role}").requires_grad_());
        var y = function(leaves);
        Near.Equal(Fixture.Read($"{name}/y"), y, 2e-6);
        Gradient.Weighted(y).backward();
        for (var i = 0; i < roles.Length; i++)
        {
            Near.Equal(Fixture.Read($"{name}/d{roles[i]}"), leaves[i].grad!, 1e-5);
        }
    }
}
