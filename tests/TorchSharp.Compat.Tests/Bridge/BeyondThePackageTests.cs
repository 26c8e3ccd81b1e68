using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests.Bridge;

/// <summary>What holds on the bridge and not on TorchSharp 0.107 with libtorch 2.10, so that nobody relies on it who wants both.</summary>
public sealed class BeyondThePackageTests
{
    [Fact]
    public void Emptying_in_place_hands_back_its_own_object()
    {
        // The package's zero_ hands out a second wrapper of the same tensor.
        using var t = ones(2);
        Assert.Same(t, t.zero_());
    }

    [Fact]
    public void Other_disposables_may_be_attached_to_a_scope()
    {
        // The package's scopes take nothing but tensors and packed sequences.
        var stream = new MemoryStream();
        using (var scope = NewDisposeScope())
        {
            scope.Attach(stream);
        }
        Assert.False(stream.CanRead);
    }

    [Fact]
    public void What_a_batched_product_is_added_to_comes_first()
    {
        // The package's native half takes it last: BatchedProducts in SslAgent.Learning serves both.
        using var scope = NewDisposeScope();
        Near.Same(tensor(new[] { 7f }).view(1, 1, 1), baddbmm(tensor(new[] { 1f }).view(1, 1, 1), tensor(new[] { 2f }).view(1, 1, 1), tensor(new[] { 3f }).view(1, 1, 1)));
    }

    [Fact]
    public void Bfloat16_products_are_bit_for_bit_PyTorchs()
    {
        // The fixture comes from the bridge's own libtorch; newer ones sum in another order.
        using var scope = NewDisposeScope();
        Near.Same(Fixture.Read("bf16_matmul/y"), Fixture.Read("bf16_matmul/a").matmul(Fixture.Read("bf16_matmul/b")));
    }
}
