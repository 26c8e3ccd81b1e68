namespace SslAgent.Replay.Tests.State;

public sealed class EraTableTests
{
    [Fact]
    public void Beyond_the_bound_the_first_and_the_newest_stay_and_the_rest_is_spread_over_the_past()
    {
        ReplayOptions options = new() { EraSamples = 10, ErasMax = 5 };
        var table = new EraTable(options, new SourceTable(10));
        for (long admitted = 0; admitted < 1000; admitted++) table.Of(admitted, 0, 0);
        int[] numbers = [.. table.All.Select(era => era.Number)];
        Assert.Equal((5, 95), (numbers.Length, table.Dropped));
        Assert.Equal((0, 99), (numbers[0], numbers[^1]));
        Assert.True(numbers.Zip(numbers.Skip(1), (left, right) => right - left).Max() <= 64, string.Join(' ', numbers));
        Assert.Equal("samples 0 to 9", table.All.First().Name);
    }

    [Fact]
    public void Eras_by_time_are_numbered_as_they_appear_and_named_by_their_beginning()
    {
        ReplayOptions options = new() { EraBy = EraGrouping.Time, EraDuration = TimeSpan.FromHours(1) };
        var table = new EraTable(options, new SourceTable(10));
        long hour = 3_600_000;
        Assert.Equal(0, table.Of(0, 5 * hour + 1, 0).Number);
        Assert.Equal(1, table.Of(1, 4 * hour, 0).Number);
        Assert.Equal(0, table.Of(2, 6 * hour - 1, 0).Number);
        Assert.Equal(2, table.Of(3, -1, 0).Number);
        Assert.Equal(3, table.Of(4, long.MaxValue, 0).Number);
        Assert.Equal(["from 1970-01-01 05:00:00", "from 1970-01-01 04:00:00", "from 1969-12-31 23:00:00"], table.All.Take(3).Select(era => era.Name));
    }

    [Fact]
    public void Eras_by_source_carry_its_name()
    {
        var sources = new SourceTable(2);
        var table = new EraTable(new ReplayOptions { EraBy = EraGrouping.Source }, sources);
        foreach (string source in new[] { "b", "a", "b", "c", "d" }) table.Of(0, 0, sources.NumberOf(source));
        Assert.Equal([(0, "b"), (1, "a"), (2, SourceTable.Other)], table.All.Select(era => (era.Number, era.Name)));
    }
}
