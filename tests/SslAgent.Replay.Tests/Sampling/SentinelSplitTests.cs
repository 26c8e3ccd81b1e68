using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Sampling;

public sealed class SentinelSplitTests
{
    private static readonly ReplayOptions Options = new() { SentinelOneIn = 10 };

    [Fact]
    public void Both_halves_of_a_pair_are_on_the_same_side()
    {
        var split = new SentinelSplit(Options, Some.Seed);
        for (int i = 0; i < 1000; i++)
        {
            string key = "pair-" + i;
            Assert.Equal(split.IsSentinel(Some.FrameSample(i, i, pair: key)), split.IsSentinel(Some.TextSample(5000 - i, "text " + i, pair: key)));
        }
    }

    [Fact]
    public void Equal_texts_without_a_key_are_on_the_same_side_whoever_sent_them()
    {
        var split = new SentinelSplit(Options, Some.Seed);
        for (int i = 0; i < 1000; i++)
        {
            bool expected = split.IsSentinel(Some.TextSample(i, "line " + i, "a"));
            Assert.Equal(expected, split.IsSentinel(Some.TextSample(i + 1, "line " + i, "b", timeMs: 99999)));
            Assert.Equal(expected, split.IsSentinel(Some.PairSample(i, i, "line " + i)));
        }
    }

    [Fact]
    public void Where_pairing_goes_by_time_a_block_of_a_source_is_on_one_side()
    {
        var split = new SentinelSplit(Options with { PairByTime = true, SentinelBlock = TimeSpan.FromSeconds(10) }, Some.Seed);
        int sentinelBlocks = 0;
        for (int block = -500; block < 500; block++)
        {
            bool expected = split.IsSentinel(Some.FrameSample(0, 0, "cam", timeMs: block * 10_000L));
            for (int ms = 0; ms < 10_000; ms += 999) Assert.Equal(expected, split.IsSentinel(Some.TextSample(0, "t" + ms, "cam", timeMs: block * 10_000L + ms)));
            if (expected) sentinelBlocks++;
        }

        Assert.InRange(sentinelBlocks, 70, 130);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public void About_one_group_in_n_is_set_aside(int oneIn)
    {
        var split = new SentinelSplit(Options with { SentinelOneIn = oneIn }, Some.Seed);
        const int Groups = 20_000;
        int sentinels = Enumerable.Range(0, Groups).Count(i => split.IsSentinel(Some.TextSample(i, "line " + i)));
        double expected = (double)Groups / oneIn, deviation = Math.Sqrt(expected * (1 - 1.0 / oneIn));
        Assert.InRange(sentinels, expected - 4 * deviation, expected + 4 * deviation);
    }

    [Fact]
    public void Zero_sets_nothing_aside()
    {
        var split = new SentinelSplit(Options with { SentinelOneIn = 0 }, Some.Seed);
        Assert.DoesNotContain(Enumerable.Range(0, 1000), i => split.IsSentinel(Some.TextSample(i, "line " + i)));
    }
}
