using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests;

public sealed class ProductTests
{
    [Fact]
    public void Matrix_products_are_PyTorchs()
    {
        using var scope = NewDisposeScope();
        Near.Equal(Fixture.Read("matmul/y"), Fixture.Read("matmul/a").matmul(Fixture.Read("matmul/b")));
        Near.Equal(Fixture.Read("matmul/y"), mm(Fixture.Read("matmul/a"), Fixture.Read("matmul/b")));
        Near.Equal(Fixture.Read("bmm/y"), bmm(Fixture.Read("bmm/a"), Fixture.Read("bmm/b")));
        Near.Equal(Fixture.Read("addmm/y"), addmm(Fixture.Read("addmm/c"), Fixture.Read("addmm/a"), Fixture.Read("addmm/b"), 0.5f, 2));
        Near.Equal(Fixture.Read("einsum/y"), einsum("bij,bj->bi", Fixture.Read("einsum/a"), Fixture.Read("einsum/b")));
        Near.Equal(Fixture.Read("cdist/y"), cdist(Fixture.Read("cdist/a"), Fixture.Read("cdist/b")));
    }

    [Fact]
    public void Bfloat16_products_are_PyTorchs_to_the_last_place_and_casts_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        // A unit in the last place of the largest product, which is between 8 and 16: libtorch's versions sum in different orders.
        Near.Equal(Fixture.Read("bf16_matmul/y"), Fixture.Read("bf16_matmul/a").matmul(Fixture.Read("bf16_matmul/b")), 0.0625);
        Near.Same(Fixture.Read("bf16_cast/y"), Fixture.Read("bf16_cast/x").bfloat16());
    }

    [Fact]
    public void The_managed_bfloat16_rounds_as_the_tensor_does()
    {
        using var scope = NewDisposeScope();
        var numbers = Fixture.Read("bf16_cast/x").data<float>().ToArray();
        var expected = Fixture.Read("bf16_cast/y").data<BFloat16>().ToArray();
        Assert.Equal(expected.Select(b => b.ToSingle()), numbers.Select(f => new BFloat16(f).ToSingle()));
    }

    [Fact]
    public void Decompositions_and_norms_are_PyTorchs()
    {
        using var scope = NewDisposeScope();
        Near.Equal(Fixture.Read("svdvals/y"), linalg.svdvals(Fixture.Read("svdvals/x")), 1e-5);
        var square = Fixture.Read("eigvalsh/x");
        Near.Equal(Fixture.Read("eigvalsh/y"), linalg.eigvalsh(square + square.t()), 1e-5);
        Near.Equal(Fixture.Read("vector_norm/y"), linalg.vector_norm(Fixture.Read("vector_norm/x"), 2, [1]));
    }
}
