using TorchSharp.Bridge;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests.Bridge;

/// <summary>The call layer itself: schemas, defaults, kinds of argument.</summary>
public sealed class OperatorTests
{
    [Fact]
    public void Every_operator_in_the_table_is_in_this_libtorch()
    {
        var missing = typeof(Aten).GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public)
            .Where(field => field.FieldType == typeof(Op) && !((Op)field.GetValue(null)!).Exists)
            .Select(field => field.Name)
            // 1.13 has no public fused attention: it is composed there.
            .Except([nameof(Aten.scaled_dot_product_attention)]);
        Assert.Empty(missing);
    }

    [Fact]
    public void An_unknown_operator_is_named_in_the_message()
    {
        var error = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => new Op("no_such_operator", "x").Call());
        Assert.Contains("aten::no_such_operator.x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_argument_and_a_wrong_kind_are_named()
    {
        using var t = ones(2);
        Assert.Contains("'other' is missing", Message(() => Aten.add_Tensor.Call(t)), StringComparison.Ordinal);
        Assert.Contains("argument 'other'", Message(() => Aten.add_Tensor.Call(t, "text")), StringComparison.Ordinal);
        Assert.Contains("arguments", Message(() => Aten.neg.Call(t, t)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_is_read_once_and_belongs_to_its_thread()
    {
        using var t = ones(2);
        Assert.NotEmpty(Message(() => Aten.mm.Call(t, t)));
        Assert.Equal(string.Empty, Failure.Text(Native.sat_take_error()));
    }

    [Fact]
    public void Gradients_of_the_wrong_shape_are_refused()
    {
        using var x = ones(3, requires_grad: true);
        using var wrong = ones(4);
        Assert.Contains("does not fit", Message(() => x.grad = wrong), StringComparison.Ordinal);
    }

    [Fact]
    public void Cuda_is_absent_politely()
    {
        if (cuda.is_available())
        {
            return;
        }
        Assert.Equal(0, cuda.device_count());
        Assert.Contains("not available", Message(() => cuda.synchronize()), StringComparison.Ordinal);
        cuda.manual_seed_all(1);
    }

    [Fact]
    public void The_kernels_of_OpenBLAS_are_those_that_fit_the_processor()
    {
        var blas = Failure.Text(Native.sat_blas_info());
        Assert.NotEmpty(blas);
        var amdWithAvx512 = System.Runtime.Intrinsics.X86.Avx512F.IsSupported && System.Runtime.Intrinsics.X86.X86Base.CpuId(0,
            0).Ebx == 0x68747541;
        if (amdWithAvx512 && blas.Contains("OpenBLAS",
            StringComparison.Ordinal) && Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is null)
        {
            Assert.Contains("SkylakeX", blas, StringComparison.Ordinal);
        }
    }

    private static string Message(Action action) => Assert.Throws<System.Runtime.InteropServices.ExternalException>(action).Message;
}
