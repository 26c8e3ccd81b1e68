using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests;

/// <summary>Dispose scopes: who owns what, when it goes, and how it is counted.</summary>
public sealed class ScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor made, sum;
        using (NewDisposeScope())
        {
            made = ones(3);
            sum = made + 1;
        }
        Assert.True(made.IsInvalid);
        Assert.True(sum.IsInvalid);
    }

    [Fact]
    public void A_survivor_moves_to_the_outer_scope_and_goes_with_it()
    {
        Tensor survivor;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                survivor = (ones(3) * 2).MoveToOuterDisposeScope();
            }
            Assert.False(survivor.IsInvalid);
            Assert.True(outer.Contains(survivor));
        }
        Assert.True(survivor.IsInvalid);
    }

    [Fact]
    public void Without_an_outer_scope_a_survivor_belongs_to_its_holder()
    {
        Tensor survivor;
        using (var scope = NewDisposeScope())
        {
            survivor = scope.MoveToOuter(ones(3));
        }
        Assert.False(survivor.IsInvalid);
        survivor.Dispose();
    }

    [Fact]
    public void A_detached_tensor_lives_on()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(3).DetachFromDisposeScope();
        }
        Assert.Equal(3f, kept.sum().item<float>());
        kept.Dispose();
    }

    [Fact]
    public void A_tensor_from_outside_can_be_attached()
    {
        var stray = ones(3);
        using (var scope = NewDisposeScope())
        {
            scope.Attach(stray);
            Assert.Equal(1, scope.DisposablesCount);
        }
        Assert.True(stray.IsInvalid);
    }

    [Fact]
    public void Everything_but_the_named_goes()
    {
        using var scope = NewDisposeScope();
        var (a, b, c) = (ones(1), ones(2), ones(3));
        scope.DisposeEverythingBut(b);
        Assert.True(a.IsInvalid);
        Assert.False(b.IsInvalid);
        Assert.True(c.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Tensors_disposed_by_hand_leave_no_trace_in_a_long_scope()
    {
        using var scope = NewDisposeScope();
        var kept = zeros(1);
        for (var i = 0; i < 1000; i++)
        {
            using var a = kept + i;
            using var b = a * 2;
        }
        Assert.Equal(1, scope.DisposablesCount);
        Assert.True(scope.Contains(kept));
    }

    [Fact]
    public void Scopes_closed_out_of_order_keep_their_own_tensors()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        var made = ones(1);
        outer.Dispose();
        Assert.False(made.IsInvalid);
        Assert.Same(inner, CurrentDisposeScope);
        inner.Dispose();
        Assert.True(made.IsInvalid);
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void A_closed_scope_refuses_work()
    {
        var scope = NewDisposeScope();
        scope.Dispose();
        using var stray = ones(1);
        Assert.Throws<ObjectDisposedException>(() => scope.Attach(stray));
    }

    [Fact]
    public void A_scope_is_invisible_to_other_threads()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        var thread = new Thread(() =>
        {
            Assert.Null(CurrentDisposeScope);
            elsewhere = ones(3);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        elsewhere!.Dispose();
    }

    [Fact]
    public void Every_creation_and_disposal_is_counted()
    {
        var counts = DisposeScopeManager.Statistics;
        counts.Reset();
        var outside = ones(1);
        using (var scope = NewDisposeScope())
        {
            _ = ones(2) + 1;
            ones(3).DetachFromDisposeScope().Dispose();
            scope.Attach(outside);
        }
        Assert.Equal(1, counts.CreatedOutsideScopeCount);
        Assert.Equal(3, counts.CreatedInScopeCount);
        Assert.Equal(1, counts.DisposedOutsideScopeCount);
        Assert.Equal(3, counts.DisposedInScopeCount);
        Assert.Equal(1, counts.AttachedToScopeCount);
        Assert.Equal(1, counts.DetachedFromScopeCount);
        Assert.Equal(0, counts.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_parameter_takes_its_tensors_handle_and_place()
    {
        Modules.Parameter parameter;
        using (var scope = NewDisposeScope())
        {
            var data = ones(3);
            parameter = new Modules.Parameter(data);
            Assert.True(data.IsInvalid);
            Assert.True(parameter.requires_grad);
            Assert.True(scope.Contains(parameter));
            Assert.Equal(1, scope.DisposablesCount);
        }
        Assert.True(parameter.IsInvalid);
    }
}
