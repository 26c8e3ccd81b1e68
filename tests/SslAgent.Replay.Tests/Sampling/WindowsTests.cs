using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests.Sampling;

/// <summary>Windows of time, from messages to batches.</summary>
public sealed class WindowsTests
{
    private const int StepMs = 100;

    private static readonly WindowShape Four = new(4, TimeSpan.Zero, TimeSpan.Zero);

    private static readonly ReplayOptions NoSentinels = Ledgers.Small with { SentinelOneIn = 0, FramesMax = 30, FreshMax = 8, SourcesMax = 5, FrameBytesMax = 100_000 };

    public static TheoryData<ReplayPolicy> Policies => [.. Enum.GetValues<ReplayPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_window_has_neighbours_of_one_source_that_the_view_holds_whatever_the_policy(ReplayPolicy policy)
    {
        using ReplayLedger ledger = Ledgers.OpenNew(NoSentinels with { Policy = policy });
        Film(ledger, 40, "a", "b");
        TrainingView view = ledger.Start(1);
        HashSet<long> held = [.. view.Choose(Modality.Frame, view.Available.Frames, Key(0)).Select(id => id.Sequence)];
        Assert.InRange(held.Count, 8, 40);
        int windows = view.CountWindows(Four);
        Assert.Equal(held.GroupBy(id => id % 2).Sum(source => Math.Max(0, source.Count() - 3)), windows);
        Batch batch = view.DrawWindows(Four, windows, Key(1));
        Assert.Equal((4 * windows, 4, windows), (batch.Count, batch.WindowFrames, batch.Windows));
        Assert.Equal(windows, batch.Ids.Chunk(4).Select(window => window[^1]).Distinct().Count());
        foreach ((SampleId[] ids, Moment[] moments) in batch.Ids.Chunk(4).Zip(batch.Moments.Chunk(4)))
        {
            Assert.Single(moments.Select(moment => moment.Source).Distinct());
            Assert.Equal(moments.Select(moment => moment.TimeMs).Order(), moments.Select(moment => moment.TimeMs));
            long[] between = [.. held.Where(id => id % 2 == ids[0].Sequence % 2 && id >= ids[0].Sequence && id <= ids[^1].Sequence).Order()];
            Assert.Equal(between, ids.Select(id => id.Sequence));
        }

        Assert.All(batch.Ids.Zip(batch.Frames), row => Assert.Equal(Some.Frame((int)row.First.Sequence).Rgb, row.Second.Rgb));
    }

    [Fact]
    public void The_same_key_draws_the_same_windows_and_another_step_others()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(NoSentinels);
        Film(ledger, 40, "a", "b");
        TrainingView view = ledger.Start(1);
        Assert.Equal(view.DrawWindows(Four, 6, Key(1)).Ids, view.DrawWindows(Four, 6, Key(1)).Ids);
        Assert.NotEqual(view.DrawWindows(Four, 6, Key(1)).Ids, view.DrawWindows(Four, 6, Key(2)).Ids);
    }

    [Fact]
    public void A_window_is_fresh_where_its_last_frame_is_and_the_share_of_fresh_ones_holds()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(NoSentinels);
        Film(ledger, 20, "a");
        ledger.Start(1);
        ledger.Decide(Some.CycleEnded(1, 1));
        long first = ledger.Position;
        Film(ledger, 8, "a");
        TrainingView view = ledger.Start(2);
        Assert.Equal(8, view.Fresh.Frames);
        foreach (int step in Enumerable.Range(0, 20))
        {
            Batch batch = view.DrawWindows(Four, 6, Key(step));
            Assert.Equal(3, batch.Ids.Chunk(4).Count(window => window[^1].Sequence >= first));
        }
    }

    [Fact]
    public void A_source_with_fewer_frames_has_no_window_and_sources_that_are_not_told_apart_have_none()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(NoSentinels with { SourcesMax = 1 });
        Film(ledger, 3, "a");
        Assert.Equal(0, ledger.Start(1).CountWindows(Four));
        ledger.Decide(Some.CycleEnded(1, 1));
        Film(ledger, 20, "b", "c");
        Assert.Equal(0, ledger.Start(2).CountWindows(Four));
        ledger.Decide(Some.CycleEnded(2, 2));
        Film(ledger, 1, "a");
        Assert.Equal(1, ledger.Start(3).CountWindows(Four));
    }

    [Fact]
    public void Beside_each_frame_stands_the_last_text_of_its_source_and_an_empty_one_before_the_first()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(NoSentinels);
        for (int i = 0; i < 6; i++) ledger.Admit(Some.FrameSample(i, i, "a", timeMs: i * StepMs));
        ledger.Admit(Some.TextSample(6, "one", "a", timeMs: (2 * StepMs) - 1));
        ledger.Admit(Some.TextSample(7, "two", "a", timeMs: 4 * StepMs));
        ledger.Admit(Some.TextSample(8, "not mine", "b", timeMs: 3 * StepMs));
        TrainingView view = ledger.Start(1);
        Batch batch = view.DrawWindows(new WindowShape(6, TimeSpan.Zero, TimeSpan.Zero, WithTexts: true), 1, Key(1));
        Assert.Equal(Modality.Frame, batch.Modality);
        Assert.Equal(["", "", "one", "one", "two", "two"], batch.Texts.Select(text => text.ToString()));
        Assert.Empty(view.DrawWindows(Four, 1, Key(1)).Texts);
    }

    [Fact]
    public void A_window_with_a_frame_that_the_medium_lost_is_another_and_a_probe_goes_on_without_it()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk, NoSentinels);
        Film(ledger, 20, "a");
        TrainingView view = ledger.Start(1);
        using (IDiskFile file = disk.Open("/journal/samples-0000000000000000.seg", DiskOpen.ReadWrite)) file.Write(700, [1, 2, 3, 4]);
        Batch batch = view.DrawWindows(Four, 17, Key(1));
        Assert.Equal(17 * 4, batch.Count);
        Assert.InRange(ledger.Stats().UnreadableDraws, 1, 4);
        Assert.All(batch.Ids.Chunk(4), window => Assert.Equal(3, window[^1].Sequence - window[0].Sequence));
        Assert.All(batch.Ids.Zip(batch.Frames), row => Assert.Equal(Some.Frame((int)row.First.Sequence).Rgb, row.Second.Rgb));
    }

    [Fact]
    public void A_view_after_a_restart_draws_the_same_windows()
    {
        var disk = new SimulatedDisk();
        Batch before;
        MemoryStream saved;
        using (ReplayLedger ledger = Ledgers.Open(disk, NoSentinels))
        {
            Film(ledger, 40, "a", "b");
            OpenCycle open = ledger.StartCycle(Some.CycleStarted(1));
            before = ledger.View(open, 0.5).DrawWindows(Four, 6, Key(1));
            saved = ledger.SaveState();
            ledger.Sync();
        }

        foreach (Stream? from in (Stream?[])[null, saved])
        {
            using ReplayLedger again = Ledgers.Open(disk, NoSentinels, from);
            Batch after = again.View(Check.NotNull(again.OpenCycle, "the cycle is open"), 0.5).DrawWindows(Four, 6, Key(1));
            Assert.Equal(before.Ids, after.Ids);
            Assert.Equal(before.Moments, after.Moments);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sentinels_by_time_are_whole_stretches_of_a_source_with_windows_to_probe_on(bool byTime)
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Ledgers.Small with
        {
            SentinelsByTime = byTime,
            SentinelBlock = TimeSpan.FromMilliseconds(10 * StepMs),
            SentinelOneIn = 4,
            EraSentinelsMax = 100,
            EraSamples = 1000,
        });
        Film(ledger, 200, "a");
        SentinelView sentinels = ledger.Sentinels();
        Batch all = sentinels.Read(0, Modality.Frame, 200), windows = sentinels.ReadWindows(0, Four, 200);
        Assert.NotEmpty(windows.Ids);
        Assert.Equal(windows.Count, windows.Ids.Distinct().Count());
        Assert.True(windows.Ids.All(all.Ids.Contains));
        int following = windows.Ids.Chunk(4).Count(window => window[^1].Sequence - window[0].Sequence == 3);
        if (byTime) Assert.InRange(following, windows.Windows / 2, windows.Windows);
        else Assert.True(following < windows.Windows / 2, $"{following} of {windows.Windows}");
        Assert.Equal(2, sentinels.ReadWindows(0, Four, 2).Windows);
        Assert.Equal(sentinels.ReadWindows(0, Four, 2).Ids, sentinels.ReadWindows(0, Four, 2).Ids);
    }

    [Fact]
    public void A_source_that_weighs_more_is_replayed_more_often_and_what_is_fresh_is_not_weighed()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(NoSentinels with { FramesMax = 100 });
        Film(ledger, 40, "a", "b");
        ledger.Start(1);
        ledger.Decide(Some.CycleEnded(1, 1));
        Film(ledger, 8, "a", "b");
        OpenCycle open = ledger.StartCycle(Some.CycleStarted(2));
        TrainingView even = ledger.View(open, 0.5), weighed = ledger.View(open, 0.5, new Dictionary<string, double> { ["a"] = 9, ["b"] = 1 });
        int[] ofA = [.. Enumerable.Range(0, 300).Select(step => weighed.Choose(Modality.Frame, 8, Key(step)).Count(id => IsOld(id) && id.Sequence % 2 == 0))];
        // Four of eight are old: of those nine of ten are a's while there are many of both, with a deviation of 0.6 a draw.
        Assert.InRange(ofA.Average(), 3.2, 3.8);
        Assert.All(Enumerable.Range(0, 20), step =>
        {
            IReadOnlyList<SampleId> drawn = weighed.Choose(Modality.Frame, 8, Key(step));
            Assert.Equal(8, drawn.Distinct().Count());
            Assert.Equal(4, drawn.Count(IsOld));
            Assert.Equal(even.Choose(Modality.Frame, 8, Key(step)).Where(id => !IsOld(id)).Order(), drawn.Where(id => !IsOld(id)).Order());
            Assert.Equal(drawn, weighed.Choose(Modality.Frame, 8, Key(step)));
        });

        bool IsOld(SampleId id) => id.Sequence < 40;
    }

    /// <summary>So many frames of these sources in turn, ten a second each.</summary>
    private static void Film(ReplayLedger ledger, int frames, params string[] sources)
    {
        long offset = ledger.Position;
        for (int i = 0; i < frames; i++)
        {
            long at = offset + i;
            ledger.Admit(Some.FrameSample(at, (int)at, sources[i % sources.Length], timeMs: at * StepMs));
        }
    }

    private static DrawKey Key(int step) => new(Some.Seed, 1, step, ChanceStream.Sampling);
}
