using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests;

/// <summary>Backward passes, gradients as objects, and the flat layout that the learner builds on.</summary>
public sealed class AutogradTests
{
    [Fact]
    public void Gradients_add_up_over_backward_passes()
    {
        using var scope = NewDisposeScope();
        var x = ones(3, requires_grad: true);
        Assert.Null(x.grad);
        (x * 2).sum().backward();
        (x * 3).sum().backward();
        Near.Same(full(3, 5f), x.grad!);
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Views_of_one_flat_tensor_train_into_views_of_one_flat_gradient()
    {
        using var scope = NewDisposeScope();
        var (flat, gradients) = (arange(10, ScalarType.Float32), zeros(10));
        var w = flat.slice(0, 0, 6, 1).view(2, 3).detach().requires_grad_();
        var b = flat.slice(0, 6, 10, 1).detach().requires_grad_();
        w.grad = gradients.slice(0, 0, 6, 1).view(2, 3);
        b.grad = gradients.slice(0, 6, 10, 1);
        (w.sum() + 2 * b.sum()).backward();
        (w.sum() + 2 * b.sum()).backward();
        Near.Same(tensor([2f, 2, 2, 2, 2, 2, 4, 4, 4, 4]), gradients);
        using (no_grad())
        {
            flat.sub_(gradients);
        }
        Assert.Equal(-2f, w[0, 0].item<float>());
        Assert.Equal(5f, b[3].item<float>());
    }

    [Fact]
    public void A_leaf_view_stays_a_leaf()
    {
        using var scope = NewDisposeScope();
        var leaf = zeros(4).narrow(0, 0, 2).detach().requires_grad_();
        Assert.True(leaf.is_leaf);
        Assert.False((leaf + 1).is_leaf);
        Assert.False(leaf.detach().requires_grad);
    }

    [Fact]
    public void Gradients_may_be_asked_for_without_touching_grad()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1f, 2, 3]).requires_grad_();
        var found = autograd.grad([(x * x).sum()], [x]);
        Near.Same(tensor([2f, 4, 6]), found[0]);
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_second_derivative_goes_through_the_first()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1f, 2]).requires_grad_();
        var first = autograd.grad([x.pow(3).sum()], [x], create_graph: true)[0];
        var second = autograd.grad([first.sum()], [x])[0];
        Near.Equal(tensor([6f, 12]), second);
    }

    [Fact]
    public void A_vector_needs_a_seed_and_takes_one()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = x * 3;
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => y.backward());
        autograd.backward(y, tensor([1f, 10]));
        Near.Same(tensor([3f, 30]), x.grad!);
    }

    [Fact]
    public void An_in_place_change_of_what_backward_needs_is_refused()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = x.exp();
        y.add_(1);
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => y.sum().backward());
    }

    [Fact]
    public void Detached_data_shares_its_memory()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        x.detach().fill_(7);
        Assert.Equal(7f, x[1].item<float>());
    }
}
