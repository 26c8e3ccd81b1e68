using SslAgent.Learning.Torch;

namespace SslAgent.Learning.Tests.Torch;

/// <summary>What only the bridge can do; on other stacks, that it says so.</summary>
public sealed class TorchExtrasTests
{
    [Fact]
    public void The_bridge_tells_which_libtorch_and_which_BLAS_it_stands_on()
    {
        if (!TorchExtras.IsAvailable)
        {
            Assert.Contains("Not available on this stack", Assert.Throws<NotSupportedException>(() => TorchExtras.BlasInfo).Message, StringComparison.Ordinal);
            return;
        }
        Assert.Matches(@"^\d+\.\d+", TorchExtras.LibtorchVersion);
        Assert.NotEmpty(TorchExtras.BlasInfo);
        Assert.True(TorchExtras.LiveTensors >= 0);
    }

    [Fact]
    public void Deterministic_mode_is_what_was_set()
    {
        if (!TorchExtras.IsAvailable)
        {
            Assert.Throws<NotSupportedException>(() => TorchExtras.SetDeterministic(true));
            return;
        }
        TorchExtras.SetDeterministic(true, warnOnly: true);
        Assert.True(TorchExtras.IsDeterministic);
        TorchExtras.SetDeterministic(false);
        Assert.False(TorchExtras.IsDeterministic);
    }
}
