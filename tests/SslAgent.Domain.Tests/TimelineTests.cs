namespace SslAgent.Domain.Tests;

public sealed class TimelineTests
{
    private static readonly WindowShape Three = new(3, TimeSpan.Zero, TimeSpan.Zero);

    [Fact]
    public void A_window_has_neighbours_of_one_source_in_order_of_time_whatever_order_they_came_in()
    {
        var timeline = new Timeline([new(5, 1, 300), new(1, 2, 150), new(2, 1, 100), new(9, 1, 200), new(3, 2, 50), new(4, 1, 400)]);
        Assert.Equal([[2, 9, 5], [9, 5, 4]], timeline.Ends(Three).Select(end => IdsOf(timeline, timeline.WindowAt(end, Three))));
        Assert.Equal([[2, 9, 5]], timeline.Apart(Three).Select(window => IdsOf(timeline, window)));
    }

    [Fact]
    public void Of_the_same_time_the_one_that_was_admitted_first_comes_first()
    {
        var timeline = new Timeline([new(7, 1, 0), new(3, 1, 0), new(5, 1, 0)]);
        Assert.Equal([[3, 5, 7]], timeline.Ends(Three).Select(end => IdsOf(timeline, timeline.WindowAt(end, Three))));
    }

    [Fact]
    public void The_last_sample_by_a_time_is_the_sources_own()
    {
        var timeline = new Timeline([new(1, 1, 100), new(2, 1, 200), new(3, 2, 150), new(4, 1, 200)]);
        Assert.Equal((4L, 1L, 3L), (timeline.LastBy(1, 200)?.Id, timeline.LastBy(1, 199)?.Id, timeline.LastBy(2, long.MaxValue)?.Id));
        Assert.Equal((null, null, null), (timeline.LastBy(1, 99), timeline.LastBy(2, 149), timeline.LastBy(3, 1000)));
    }

    [Fact]
    public void Nothing_gives_no_window() => Assert.Empty(new Timeline([]).Ends(Three));

    [Fact]
    public void Windows_are_those_that_a_slow_search_finds()
    {
        for (var round = 0; round < 60; round++)
        {
            var chance = new Philox(new DrawKey(7, 0, round, ChanceStream.Test));
            var samples = new TimedSample[chance.NextInt(40)];
            for (var i = 0; i < samples.Length; i++) samples[i] = new TimedSample(i, 1 + chance.NextInt(3), chance.NextInt(60));
            var shape = new WindowShape(2 + chance.NextInt(4), TimeSpan.FromMilliseconds(chance.NextInt(8)), TimeSpan.FromMilliseconds(chance.NextInt(2) * chance.NextInt(20)));
            chance.Shuffle<TimedSample>(samples);
            var timeline = new Timeline(samples);
            long[][] found = [.. timeline.Ends(shape).Select(end => IdsOf(timeline, timeline.WindowAt(end, shape)))];
            long[][] slow = [.. samples.Order().Select(last => Slow(samples, last, shape)).OfType<long[]>()];
            Assert.True(slow.Select(ids => string.Join(',', ids)).SequenceEqual(found.Select(ids => string.Join(',', ids))), $"seed 7, round {round}");
            long[] apart = [.. timeline.Apart(shape).SelectMany(window => IdsOf(timeline, window))];
            Assert.True(apart.Distinct().Count() == apart.Length, $"seed 7, round {round}");
        }
    }

    private static long[]? Slow(TimedSample[] samples, TimedSample last, WindowShape shape)
    {
        var ids = new List<long> { last.Id };
        TimedSample next = last;
        while (ids.Count < shape.Frames)
        {
            TimedSample[] able = [.. samples.Where(one => one.Source == next.Source && one < next && next.TimeMs - one.TimeMs >= shape.Spacing.TotalMilliseconds)];
            if (able.Length == 0) return null;
            TimedSample before = able.Max();
            if (shape.GapMax > TimeSpan.Zero && next.TimeMs - before.TimeMs > shape.GapMax.TotalMilliseconds) return null;
            ids.Insert(0, before.Id);
            next = before;
        }

        return [.. ids];
    }

    private static long[] IdsOf(Timeline timeline, int[]? places) => [.. Check.NotNull(places, "there is a window").Select(place => timeline[place].Id)];
}
