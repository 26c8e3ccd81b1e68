using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests;

/// <summary>Grad mode and inference mode: nested, and each thread's own.</summary>
public sealed class ModeTests
{
    [Fact]
    public void No_grad_holds_until_disposed_and_nests()
    {
        using var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using var plain = x + 1;
            Assert.False(plain.requires_grad);
            using (enable_grad())
            {
                using var tracked = x + 1;
                Assert.True(tracked.requires_grad);
            }
            Assert.False(is_grad_enabled());
        }
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Modes_of_one_thread_are_not_anothers()
    {
        var seen = (Grad: false, Inference: true);
        using (no_grad())
        using (inference_mode())
        {
            var thread = new Thread(() => seen = (is_grad_enabled(), is_inference_mode_enabled()));
            thread.Start();
            thread.Join();
        }
        Assert.True(seen.Grad);
        Assert.False(seen.Inference);
    }

    [Fact]
    public void Inference_mode_ends_with_its_guard()
    {
        using var x = ones(2, requires_grad: true);
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            using var y = x * 2;
            Assert.False(y.requires_grad);
        }
        Assert.False(is_inference_mode_enabled());
    }

    [Fact]
    public void The_thread_count_is_what_was_set()
    {
        var before = get_num_threads();
        set_num_threads(2);
        Assert.Equal(2, get_num_threads());
        set_num_threads(before);
    }
}
