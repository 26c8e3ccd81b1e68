using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests;

/// <summary>Indexing expressions against the same elements written out.</summary>
public sealed class IndexTests
{
    [Fact]
    public void Positions_ranges_and_the_ellipsis_choose_a_view()
    {
        using var scope = NewDisposeScope();
        var t = arange(24).reshape(2, 3, 4);
        Near.Same(t.select(0, 1).select(0, 2), t[1, 2]);
        Near.Same(t.select(2, 3), t[TensorIndex.Ellipsis, 3]);
        Near.Same(t.narrow(1, 1, 2), t[TensorIndex.Colon, 1..]);
        Near.Same(t.narrow(2, 1, 2), t[TensorIndex.Ellipsis, 1..^1]);
        Near.Same(t.select(0, 1), t[^1]);
        Near.Same(t.unsqueeze(0), t[TensorIndex.None, TensorIndex.Ellipsis]);
        Near.Same(t.select(1, 0).unsqueeze(1), t[TensorIndex.Colon, TensorIndex.None, 0]);
    }

    [Fact]
    public void A_bool_tensor_chooses_elements()
    {
        using var scope = NewDisposeScope();
        var t = arange(6).reshape(2, 3);
        Near.Same(tensor([3L, 4, 5]), t[t > 2]);
        Near.Same(tensor([1L, 4]), t[TensorIndex.Colon, TensorIndex.Tensor(tensor([false, true, false]))].flatten());
    }

    [Fact]
    public void Two_index_tensors_pair_up()
    {
        using var scope = NewDisposeScope();
        var t = arange(6).reshape(2, 3);
        Near.Same(tensor([2L, 3]), t[tensor([0L, 1]), tensor([2L, 0])]);
    }

    [Fact]
    public void Assignment_writes_through()
    {
        using var scope = NewDisposeScope();
        var t = zeros(2, 3);
        t[0, 1] = tensor(5f);
        t[1] = tensor([1f, 2, 3]);
        t[TensorIndex.Ellipsis, 2..] = tensor(9f);
        t[t == 1] = tensor(-1f);
        Near.Same(tensor([0f, 5, 9, -1, 2, 9], [2, 3]), t);
    }

    [Fact]
    public void Repeated_positions_accumulate_when_asked()
    {
        using var scope = NewDisposeScope();
        var t = zeros(3);
        t.index_put_(ones(4), new[] { tensor([0L, 2, 2, 2]) }, accumulate: true);
        Near.Same(tensor([1f, 0, 3]), t);
    }

    [Fact]
    public void Parts_come_back_as_arrays()
    {
        using var scope = NewDisposeScope();
        var t = arange(10);
        Assert.Equal([3L, 7L], t.split([3L, 7L]).Select(p => p.numel()));
        Assert.Equal([4L, 4L, 2L], t.split(4).Select(p => p.numel()));
        Assert.Equal([5L, 5L], t.chunk(2).Select(p => p.numel()));
        Assert.Equal(10, t.unbind().Length);
    }

    [Fact]
    public void A_position_outside_is_refused()
    {
        using var t = zeros(2, 3);
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => t[2, 0]);
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => t.size(2));
    }

    [Fact]
    public void Very_long_lists_go_through()
    {
        using var scope = NewDisposeScope();
        var many = Enumerable.Range(0, 2000).Select(i => full(1, (float)i)).ToArray();
        Assert.Equal(1999f * 2000 / 2, cat(many).sum().item<float>());
    }
}
