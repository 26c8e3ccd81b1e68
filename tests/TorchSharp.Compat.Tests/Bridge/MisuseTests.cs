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

    public static TheoryData<string> Faults => [.. Misuses.Keys];

    private static Dictionary<string, Action> Misuses => new()
    {
        ["matrices that do not fit"] = () => ones(3, 4).matmul(ones(3, 4)),
        ["batches that do not fit"] = () => bmm(ones(2, 3, 4), ones(3, 4, 5)),
        ["shapes that do not broadcast"] = () => ones(3).add(ones(4)),
        ["a reshape to another count"] = () => ones(6).reshape(4, 2),
        ["a view across strides"] = () => ones(2, 3).t().view(6),
        ["a dimension that is not there"] = () => ones(2).sum(3),
        ["joining different shapes"] = () => cat([ones(2, 2), ones(3, 3)], 1),
        ["joining nothing"] = () => cat(Array.Empty<Tensor>()),
        ["an index beyond the end"] = () => ones(3).index_select(0, tensor([5L])),
        ["an index beyond the end in one of many threads' share"] = () => ones(4, 50_000).gather(1, full([4, 50_000], 60_000)),
        ["an index of real numbers"] = () => ones(3).index_select(0, ones(1)),
        ["a class beyond the last"] = () => nn.functional.cross_entropy(ones(2, 3), tensor([0L, 7])),
        ["a window beyond the memory"] = () => ones(4).as_strided([10], [1]),
        ["a normalised shape that is not there"] = () => nn.functional.layer_norm(ones(2, 3), [5]),
        ["a sum of bools in place"] = () => ones(2, ScalarType.Bool).add_(ones(2)),
        ["an in-place change of a leaf"] = () => ones(2, requires_grad: true).add_(1),
        ["a gradient of whole numbers"] = () => arange(3).requires_grad_(),
        ["backward from nothing that was tracked"] = () => ones(1).sum().backward(),
        ["backward twice"] = () => BackwardTwice(),
        ["a negative size"] = () => zeros(-3),
        ["more memory than there is"] = () => zeros(1L << 46),
        ["bfloat16 singular values"] = () => linalg.svdvals(ones(3, 3, ScalarType.BFloat16)),
        ["a state of the wrong size"] = () => new Generator(1).set_state(zeros(10, ScalarType.Byte)),
        ["a CUDA device that is not there"] = () => zeros(1, device: new Device(DeviceType.CUDA, 99)),
        ["probabilities that sum to nothing"] = () => multinomial(zeros(3), 1),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_comes_back_as_an_exception(string fault)
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(Misuses[fault]);
        Assert.NotEmpty(error.Message);
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

    private static void BackwardTwice()
    {
        var loss = ones(2, requires_grad: true).exp().sum();
        loss.backward();
        loss.backward();
    }
}
