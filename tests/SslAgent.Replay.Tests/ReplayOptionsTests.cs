using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests;

public sealed class ReplayOptionsTests
{
    [Fact]
    public void Faults_between_options_are_all_told_with_their_values()
    {
        Assert.Empty(new ReplayOptions().Faults());
        Assert.Empty(Ledgers.Small.Faults());
        string[] faults = [.. new ReplayOptions
        {
            FramesMax = 0, TextsMax = 0, SentinelOneIn = 1, SegmentBytes = 1 << 21, JournalBytesMax = 1 << 20, PairByTime = true, SentinelBlock = TimeSpan.FromSeconds(1),
        }.Faults()];
        Assert.Equal(4, faults.Length);
        Assert.Contains(faults, fault => fault.Contains("journalBytesMax is 1048576 bytes", StringComparison.Ordinal)
            && fault.Contains("2 x segmentBytes 2097152", StringComparison.Ordinal));
    }
}
