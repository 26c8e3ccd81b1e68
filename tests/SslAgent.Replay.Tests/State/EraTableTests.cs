using SslAgent.Domain;

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

    [Fact]
    public void A_source_that_goes_on_speaking_has_its_next_era_after_so_many_of_its_samples()
    {
        var sources = new SourceTable(10);
        (int often, int once) = (sources.NumberOf("often"), sources.NumberOf("once"));
        ReplayOptions options = new() { EraBy = EraGrouping.Source, EraSamples = 100, SentinelOneIn = 10, EraSentinelsMax = 4 };
        var table = new EraTable(options, sources);
        var filled = new List<int>();
        for (long admitted = 0; admitted < 250; admitted += 10)
        {
            if (admitted == 110) table.Of(admitted, 0, once).Sentinels.Texts.Offer(Sentinel(admitted));
            EraSentinels era = table.Of(admitted, 0, often);
            // What has no room counts as well; a frame and the pair that it is part of count once.
            era.Sentinels.Frames.Offer(Sentinel(admitted));
            era.Sentinels.Pairs.Offer(Sentinel(admitted));
            filled.Add(era.Number);
        }

        Assert.Equal([(0, 10), (1, 10), (3, 5)], filled.GroupBy(number => number).Select(era => (era.Key, era.Count())));
        Assert.Equal(["often", "often, from sample 100", "once", "often, from sample 200"], table.All.Select(era => era.Name));
    }

    [Fact]
    public void A_drift_cuts_an_era_by_count_off_and_numbers_stay_dense()
    {
        ReplayOptions options = new() { EraSamples = 10 };
        var table = new EraTable(options, new SourceTable(10));
        var seen = new List<(int, string)>();
        for (long admitted = 0; admitted < 25; admitted++)
        {
            // The second of these comes at an era's own beginning, the third says nothing new.
            if (admitted is 13 or 20) table.Open(null, admitted);
            if (admitted == 13) table.Open(0, admitted);
            EraSentinels era = table.Of(admitted, 0, 0);
            if (seen.Count == 0 || seen[^1].Item1 != era.Number) seen.Add((era.Number, era.Name));
        }

        Assert.Equal([(0, "samples 0 to 9"), (1, "samples 10 to 19"), (2, "samples 13 to 19, after a drift"), (3, "samples 20 to 29")], seen);
    }

    [Fact]
    public void A_drift_opens_an_era_of_the_source_that_drifted_and_of_the_time_that_is_now()
    {
        var sources = new SourceTable(10);
        (int a, int b) = (sources.NumberOf("a"), sources.NumberOf("b"));
        var bySource = new EraTable(new ReplayOptions { EraBy = EraGrouping.Source }, sources);
        Assert.Equal((0, 1), (bySource.Of(0, 0, a).Number, bySource.Of(1, 0, b).Number));
        bySource.Open(a, 2);
        Assert.Equal((2, 1), (bySource.Of(2, 0, a).Number, bySource.Of(3, 0, b).Number));
        bySource.Open(null, 4);
        Assert.Equal((3, 4), (bySource.Of(4, 0, b).Number, bySource.Of(5, 0, a).Number));
        Assert.Equal(["a", "b", "a, from sample 2", "b, from sample 4", "a, from sample 5"], bySource.All.Select(era => era.Name));

        var byTime = new EraTable(new ReplayOptions { EraBy = EraGrouping.Time, EraDuration = TimeSpan.FromHours(1) }, sources);
        long hour = 3_600_000;
        Assert.Equal((0, 1), (byTime.Of(0, hour, a).Number, byTime.Of(1, 2 * hour, a).Number));
        byTime.Open(null, 2);
        Assert.Equal((2, 0), (byTime.Of(2, 2 * hour, a).Number, byTime.Of(3, hour, a).Number));
    }

    [Fact]
    public void A_table_that_was_saved_goes_on_as_it_was()
    {
        ReplayOptions options = new() { EraSamples = 10 };
        var table = new EraTable(options, new SourceTable(10));
        table.Of(3, 0, 0);
        table.Open(null, 5);
        table.Of(6, 0, 0);
        using var bytes = new MemoryStream();
        using (var to = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true)) table.Save(to);
        bytes.Position = 0;
        var loaded = new EraTable(options, new SourceTable(10));
        using (var from = new BinaryReader(bytes)) loaded.Load(from);
        Assert.Equal(table.All.Select(era => (era.Number, era.Name)), loaded.All.Select(era => (era.Number, era.Name)));
        Assert.Equal(table.Of(12, 0, 0).Number, loaded.Of(12, 0, 0).Number);
        Assert.Equal(2, loaded.Of(13, 0, 0).Number);
    }

    private static Entry Sentinel(long id) => new(id, id, Reservoir.PriorityOf(1, id, Modality.Frame), 1, 0, 1, 0);
}
