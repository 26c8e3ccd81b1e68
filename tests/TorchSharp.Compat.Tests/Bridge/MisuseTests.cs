using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests.Bridge;

/// <summary>Misuse throws, with libtorch's own words, and the process lives on.</summary>
[Collection(nameof(ProcessWide))]
public sealed class MisuseTests
{
    [Fact]
    public void Matrices_that_do_not_fit_are_refused_with_libtorchs_message()
    {
        using var a = ones(3, 4);
        var error = Assert.Throws<ExternalException>(() => a.matmul(a));
        Assert.Contains("cannot be multiplied (3x4 and 3x4)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_tensor_is_refused()
    {
        var a = ones(3);
        a.Dispose();
        Assert.True(a.IsInvalid);
        var error = Assert.Throws<InvalidOperationException>(() => a.add(1));
        Assert.Equal("Tensor invalid -- empty handle.", error.Message);
    }

    [Fact]
    public void Elements_are_read_only_as_what_they_are()
    {
        using var a = ones(1, ScalarType.BFloat16);
        Assert.Throws<ArgumentException>(() => a.item<float>());
        Assert.Throws<ArgumentException>(() => a.data<double>());
        Assert.Equal(1f, a.item<BFloat16>().ToSingle());
    }

    [Fact]
    public void One_element_is_needed_for_item()
    {
        using var a = ones(2);
        Assert.Throws<ArgumentException>(() => a.item<float>());
    }

    [Fact]
    public void Bytes_need_a_contiguous_tensor()
    {
        using var a = ones(2, 3);
        using var b = a.t();
        Assert.Throws<InvalidOperationException>(() => b.bytes.Length);
    }

    [Fact]
    public void An_operator_that_fails_leaves_no_tensor_behind()
    {
        using var a = ones(3, 4);
        var before = Live.Settled();
        for (var i = 0; i < 100; i++)
        {
            Assert.Throws<ExternalException>(() => a.mm(a));
        }
        Assert.Equal(before, Live.Settled());
    }
}
