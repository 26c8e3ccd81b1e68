using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests;

/// <summary>Orders, reductions and indexing against PyTorch's values.</summary>
public sealed class ElementTests
{
    [Fact]
    public void Orders_agree_ties_included()
    {
        using var scope = NewDisposeScope();
        var x = Fixture.Read("sort/x");
        var (sorted, order) = x.sort(1, stable: true);
        Near.Same(Fixture.Read("sort/values"), sorted);
        Near.Same(Fixture.Read("sort/indices"), order);
        Near.Same(Fixture.Read("topk/values"), x.topk(2, 1).values);
        Near.Same(x.gather(1, x.argsort(1)), sorted);
    }

    [Fact]
    public void Reductions_agree()
    {
        using var scope = NewDisposeScope();
        var x = Fixture.Read("sort/x");
        Near.Equal(Fixture.Read("quantile/y"), quantile(x, tensor([0.25f, 0.5f]), 1));
        Near.Equal(Fixture.Read("cumsum/y"), x.cumsum(1));
        Near.Equal(Fixture.Read("var/y"), x.var(1, unbiased: false));
        Near.Equal(Fixture.Read("std/y"), x.std(0));
        Near.Equal(Fixture.Read("logsumexp/y"), x.logsumexp(1));
    }

    [Fact]
    public void Indexed_reads_and_writes_agree()
    {
        using var scope = NewDisposeScope();
        var (x, index, rows, columns) = (Fixture.Read("elements/x"), Fixture.Read("elements/index"), Fixture.Read("elements/rows"),
            Fixture.Read("elements/columns"));
        Near.Same(Fixture.Read("index_select/y"), x.index_select(0, index));
        Near.Equal(Fixture.Read("index_add/y"), x.index_add(0, index, rows, 2));
        Near.Equal(Fixture.Read("index_add/y"), x.clone().index_add_(0, index, rows, 2));
        Near.Same(Fixture.Read("gather/y"), x.gather(1, columns));
        Near.Equal(Fixture.Read("scatter_add/y"), x.scatter_add(1, columns, ones(4, 2)));
        Near.Equal(Fixture.Read("index_put/y"), x.clone().index_put_(rows[0], new[] { index }, accumulate: true));
        Near.Same(Fixture.Read("masked_fill/y"), x.masked_fill(x > 0, -7));
    }

    [Fact]
    public void Slices_and_tensors_mix_in_one_index()
    {
        using var scope = NewDisposeScope();
        var x = Fixture.Read("elements/x");
        Near.Same(Fixture.Read("mixed_index/y"), x[TensorIndex.Slice(1), TensorIndex.Tensor(Fixture.Read("elements/index"))]);
        Near.Same(Fixture.Read("step_slice/y"), x[TensorIndex.Slice(step: 2), TensorIndex.Slice(1, -1)]);
    }
}
