using TorchSharp.Bridge;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests.Bridge;

/// <summary>Lifetimes under pressure: temporaries that nobody names, a collector that never rests.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SoakTests
{
    [Fact]
    public void Unnamed_temporaries_survive_a_collector_that_never_rests()
    {
        const int Rounds = 4_000;
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        var failures = new List<string>();
        var workers = Enumerable.Range(0, 2).Select(_ => new Thread(() => Multiply(Rounds, failures))).ToArray();
        Array.ForEach(workers, w => w.Start());
        Array.ForEach(workers, w => w.Join());
        done.Cancel();
        collector.Join();
        Assert.Empty(failures);
    }

    [Fact]
    public void What_nobody_holds_is_freed_by_the_collector()
    {
        var before = Live.Settled();
        Abandon();
        Assert.Equal(before, Live.Settled());
    }

    [Fact]
    public void A_thousand_steps_leave_as_many_tensors_as_before()
    {
        using var w = randn(8, 8).requires_grad_();
        using var gradient = zeros(8, 8);
        w.grad = gradient;
        Step(w);
        var before = (Live.Settled(), Tensor.TotalCount);
        for (var i = 0; i < 1000; i++)
        {
            Step(w);
        }
        Assert.Equal(before, (Native.sat_tensor_live(), Tensor.TotalCount));
    }

    [Fact]
    public void Failures_in_the_middle_of_a_step_leave_nothing_either()
    {
        using var w = randn(8, 8);
        var before = Live.Settled();
        for (var i = 0; i < 200; i++)
        {
            using var scope = NewDisposeScope();
            Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => (w + 1).matmul(ones(3, 3)));
        }
        Assert.Equal(before, Native.sat_tensor_live());
    }

    private static void Multiply(int rounds, List<string> failures)
    {
        for (var i = 0; i < rounds; i++)
        {
            var sum = ones(32, 32).matmul(ones(32, 32)).add(ones(32, 32)).sum().item<float>();
            var joined = cat([ones(2), zeros(3)])[1..4].sum().item<float>();
            if (sum != 33 * 32 * 32 || joined != 1)
            {
                lock (failures)
                {
                    failures.Add($"round {i}: {sum}, {joined}");
                }
            }
        }
    }

    private static void Step(Tensor w)
    {
        using var scope = NewDisposeScope();
        var loss = nn.functional.gelu(ones(4, 8).matmul(w)).square().mean();
        loss.backward();
        using var frozen = no_grad();
        w.sub_(w.grad! * 0.01);
        w.grad!.zero_();
        scope.MoveToOuter(loss.detach()).Dispose();
    }

    private static void Abandon()
    {
        for (var i = 0; i < 100; i++)
        {
            _ = ones(4) + i;
        }
    }
}
