using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Reduction = TorchSharp.torch.nn.Reduction;

namespace TorchSharp.Compat.Tests;

/// <summary>Losses: values and gradients against PyTorch's.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData("mean", Reduction.Mean, 0.0)]
    [InlineData("sum", Reduction.Sum, 0.0)]
    [InlineData("smooth", Reduction.Mean, 0.1)]
    public void Cross_entropy_leaves_the_ignored_target_out(string name, Reduction reduction, double smoothing)
    {
        using var scope = NewDisposeScope();
        var x = Fixture.Read($"cross_entropy_{name}/x").requires_grad_();
        var loss = F.cross_entropy(x, Fixture.Read("cross_entropy_target/t"), reduction: reduction, label_smoothing: smoothing);
        loss.backward();
        Near.Equal(Fixture.Read($"cross_entropy_{name}/y"), loss, 2e-6);
        Near.Equal(Fixture.Read($"cross_entropy_{name}/dx"), x.grad!);
    }

    [Fact]
    public void Regression_losses_agree()
    {
        Agrees("mse", (x, t) => F.mse_loss(x, t));
        Agrees("l1", (x, t) => F.l1_loss(x, t));
        Agrees("smooth_l1", (x, t) => F.smooth_l1_loss(x, t, beta: 0.5));
    }

    [Fact]
    public void Divergences_agree()
    {
        using var scope = NewDisposeScope();
        Near.Equal(Fixture.Read("kl_div/y"), F.kl_div(Fixture.Read("kl_div/x"), Fixture.Read("kl_div/t"), log_target: true,
            reduction: Reduction.Sum));
        Near.Equal(Fixture.Read("bce_logits/y"), F.binary_cross_entropy_with_logits(Fixture.Read("bce_logits/x"),
            Fixture.Read("bce_logits/t")));
    }

    private static void Agrees(string name, Func<Tensor, Tensor, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        var x = Fixture.Read($"{name}/x").requires_grad_();
        var t = Fixture.Read($"{name}/t").requires_grad_();
        var y = loss(x, t);
        y.backward();
        Near.Equal(Fixture.Read($"{name}/y"), y);
        Near.Equal(Fixture.Read($"{name}/dx"), x.grad!);
        Near.Equal(Fixture.Read($"{name}/dt"), t.grad!);
    }
}
