using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests;

/// <summary>Between managed numbers and tensors, and the facts that a tensor tells of itself.</summary>
public sealed class DataTests
{
    [Fact]
    public void Numbers_are_copied_in()
    {
        var numbers = new[] { 1f, 2, 3, 4, 5, 6 };
        using var t = tensor(numbers, [2, 3]);
        numbers[0] = 100;
        Assert.Equal([2L, 3L], t.shape);
        Assert.Equal(1f, t[0, 0].item<float>());
    }

    [Fact]
    public void Each_managed_type_becomes_its_own_element_type()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1 }).dtype);
        Assert.Equal(ScalarType.Int32, tensor(1).dtype);
        Assert.Equal(ScalarType.Int64, tensor(1L).dtype);
        Assert.Equal(ScalarType.Float32, tensor(1f).dtype);
        Assert.Equal(ScalarType.Float64, tensor(1.0).dtype);
        Assert.Equal(ScalarType.Bool, tensor(true).dtype);
        Assert.Equal(ScalarType.BFloat16, tensor([1f], ScalarType.BFloat16).dtype);
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal(ScalarType.Int64, full(2, 7).dtype);
        Assert.Equal(ScalarType.Float32, full(2, 7.5).dtype);
    }

    [Fact]
    public void A_transposed_view_is_read_in_its_own_order()
    {
        using var scope = NewDisposeScope();
        var t = arange(6).reshape(2, 3).t();
        Assert.Equal([0L, 3, 1, 4, 2, 5], t.data<long>().ToArray());
        t.data<long>()[2, 1] = 50;
        Assert.Equal([0L, 3, 1, 4, 2, 50], t.contiguous().data<long>().ToArray());
    }

    [Fact]
    public void Bytes_respect_the_offset_of_a_view()
    {
        using var scope = NewDisposeScope();
        var t = tensor(new byte[] { 1, 2, 3, 4, 5 });
        var tail = t.slice(0, 2, 5, 1);
        Assert.Equal(new byte[] { 3, 4, 5 }, tail.bytes.ToArray());
        tail.bytes = new byte[] { 9, 8, 7 };
        Assert.Equal(new byte[] { 1, 2, 9, 8, 7 }, t.bytes.ToArray());
    }

    [Fact]
    public void A_tensor_tells_its_shape_and_kind()
    {
        using var t = zeros(new long[] { 2, 3, 4, 1, 1, 1, 1, 1, 1, 5 }, ScalarType.BFloat16);
        Assert.Equal([2L, 3, 4, 1, 1, 1, 1, 1, 1, 5], t.shape);
        Assert.Equal(10, t.ndim);
        Assert.Equal(5, t.size(-1));
        Assert.Equal(120, t.numel());
        Assert.Equal(2, t.element_size());
        Assert.Equal(DeviceType.CPU, t.device_type);
        Assert.True(t.is_contiguous());
        Assert.Equal([60L, 20, 5, 5, 5, 5, 5, 5, 5, 1], t.stride());
    }

    [Fact]
    public void One_element_converts_to_a_number()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(2.5f, (float)tensor(2.5));
        Assert.Equal(3, (int)tensor(3L));
        Assert.Equal(2.5, tensor(2.5f, ScalarType.BFloat16).ToDouble());
        Assert.True((bool)tensor(true));
    }

    [Fact]
    public void A_cast_to_what_it_is_gives_another_wrapper_of_the_same_memory()
    {
        using var scope = NewDisposeScope();
        var t = zeros(2);
        var same = t.to(ScalarType.Float32);
        same.fill_(4);
        Assert.NotSame(t, same);
        Assert.Equal(4f, t[0].item<float>());
        var copy = t.to(ScalarType.Float32, copy: true);
        copy.fill_(5);
        Assert.Equal(4f, t[0].item<float>());
    }

    [Fact]
    public void In_place_operators_hand_back_their_own_object()
    {
        using var t = ones(2);
        Assert.Same(t, t.add_(1));
        Assert.Same(t, t.mul_(2).sub_(1).fill_(0));
        Assert.Same(t, t.requires_grad_());
    }

    [Fact]
    public void Scalars_promote_as_in_PyTorch()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.BFloat16, (ones(2, ScalarType.BFloat16) * 2.5).dtype);
        Assert.Equal(ScalarType.Int64, (arange(3) * 2).dtype);
        Assert.Equal(ScalarType.Float32, (arange(3) * 2.5).dtype);
        Assert.Equal(ScalarType.Float32, (arange(4) / 2).dtype);
        Near.Same(tensor([5L, 4, 3]), 5 - arange(3));
        Near.Equal(tensor([0.5f, 0.25f]), 1.0 / tensor([2f, 4f]));
    }

    [Fact]
    public void Equality_compares_elements_or_whole_values()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (tensor([1f, 2]), tensor([1f, 3]));
        Assert.Equal([true, false], (a == b).data<bool>().ToArray());
        Assert.False(a.Equals(b));
        Assert.True(a.Equals(a.clone()));
        Assert.True(a.allclose(a + 1e-7));
    }
}
