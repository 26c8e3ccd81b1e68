using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests;

/// <summary>What a cycle draws from the ledger and is probed on: frozen when it began, also beside a stream that goes on and after a crash.</summary>
public sealed class CycleViewTests
{
    private static readonly ReplayOptions Options = Ledgers.Small with { SentinelOneIn = 4, FramesMax = 1000, FrameBytesMax = 1 << 20, TextsMax = 1000, TextBytesMax = 1 << 20 };

    [Fact]
    public void A_cycle_cut_off_by_a_crash_draws_the_same_batches_again()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk);
        var stream = new RandomStream(34);
        foreach (Intake intake in stream.Take(400)) ledger.Admit(intake);
        TrainingView view = ledger.Start(1);
        foreach (Intake intake in stream.Take(400)) ledger.Admit(intake);
        ledger.Decide(new JournalRecord.BudgetReached(new CycleNumber(1), 5));

        using ReplayLedger recovered = Ledgers.Open(disk.AfterCrash());

        OpenCycle cycle = recovered.OpenCycle!;
        Assert.Equal((1, 5), (cycle.Started.Cycle.Value, cycle.StepsDone));
        TrainingView again = recovered.View(cycle, 0.5);
        Assert.Equal(view.Available, again.Available);
        foreach (Modality modality in Enum.GetValues<Modality>())
        {
            for (int step = 0; step < 10; step++)
            {
                var key = new DrawKey(Some.Seed, 1, step, ChanceStream.Sampling);
                AssertSame(view.Draw(modality, 16, key), again.Draw(modality, 16, key));
            }
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(200)]
    public void Drawn_evenly_what_is_new_comes_as_often_as_what_is_remembered_however_little_it_is(int late)
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        var stream = new RandomStream(36);
        foreach (Intake intake in stream.Take(600)) ledger.Admit(intake);
        ledger.Start(1);
        ledger.Decide(Some.CycleEnded(1, 1));
        foreach (Intake intake in stream.Take(late)) ledger.Admit(intake);

        TrainingView view = ledger.View(ledger.StartCycle(Some.CycleStarted(2)), null);

        (int fresh, int all) = (view.Fresh.Frames, view.Available.Frames);
        Assert.InRange(fresh, 1, all / 2);
        var times = new Dictionary<SampleId, int>();
        for (int step = 0; step < 40 * all / 32; step++)
        {
            foreach (SampleId id in view.Choose(Modality.Frame, 32, new DrawKey(Some.Seed, 2, step, ChanceStream.Sampling))) times[id] = times.GetValueOrDefault(id) + 1;
        }

        int[] oldest = [.. times.OrderBy(one => one.Key.Sequence).Select(one => one.Value)];
        Assert.Equal(all, oldest.Length);
        Assert.InRange(oldest[^fresh..].Average() / oldest[..^fresh].Average(), 0.9, 1.1);
    }

    [Fact]
    public void A_batch_has_the_content_of_the_samples_it_names_and_never_a_sentinel()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        var samples = new Dictionary<long, (Sample Sample, bool IsSentinel)>();
        foreach (Intake intake in new RandomStream(35).Take(600))
        {
            AdmissionOutcome outcome = ledger.Admit(intake);
            if (outcome.Result <= AdmissionResult.Sentinel) samples[outcome.Sequence] = (((Intake.Accepted)intake).Sample, outcome.Result == AdmissionResult.Sentinel);
        }

        TrainingView view = ledger.Start(1);
        Assert.True(view.Available is { Frames: > 50, Texts: > 50, Pairs: > 10 }, view.Available.ToString());
        foreach (Modality modality in Enum.GetValues<Modality>())
        {
            Batch batch = view.Draw(modality, view.Available.Of(modality), new DrawKey(Some.Seed, 1, 0, ChanceStream.Sampling));
            Assert.Equal(batch.Count, batch.Ids.Distinct().Count());
            for (int i = 0; i < batch.Count; i++)
            {
                (Sample sample, bool isSentinel) = samples[batch.Ids[i].Sequence];
                Assert.False(isSentinel);
                if (modality != Modality.Text) Assert.Equal(sample.Frame!.Rgb, batch.Frames[i].Rgb);
                if (modality == Modality.Text) Assert.Equal(sample.Text!.Utf8, batch.Texts[i].Utf8);
                if (modality == Modality.Pair && sample.PairKey is { } key)
                {
                    Assert.Contains(samples.Values, other => !other.IsSentinel && other.Sample.PairKey == key && other.Sample.Text?.ToString() == batch.Texts[i].ToString());
                }
            }
        }
    }

    [Fact]
    public void Sentinels_are_read_by_era_the_same_ones_every_time_and_their_texts_are_never_trained_on()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options with { EraSentinelsMax = 50, SentinelTextsMax = 1000 });
        foreach (Intake intake in new RandomStream(36).Take(900)) ledger.Admit(intake);
        SentinelView sentinels = ledger.Sentinels();
        Assert.True(sentinels.Eras.Count > 3);
        var texts = new HashSet<string>();
        foreach (Era era in sentinels.Eras)
        {
            Batch few = sentinels.Read(era.Number, Modality.Text, 4), all = sentinels.Read(era.Number, Modality.Text, int.MaxValue);
            Assert.Equal(era.Texts, all.Count);
            Assert.Equal(Math.Min(4, era.Texts), few.Count);
            Assert.Subset(all.Ids.ToHashSet(), few.Ids.ToHashSet());
            Assert.Equal(all.Ids.Order(), all.Ids);
            AssertSame(few, ledger.Sentinels().Read(era.Number, Modality.Text, 4));
            Assert.Equal(era.Pairs, sentinels.Read(era.Number, Modality.Pair, int.MaxValue).Count);
            texts.UnionWith(all.Texts.Select(text => text.ToString()));
        }

        Assert.NotEmpty(texts);
        TrainingView view = ledger.Start(1);
        Batch trained = view.Draw(Modality.Text, view.Available.Texts, new DrawKey(1, 1, 0, ChanceStream.Sampling));
        Assert.DoesNotContain(trained.Texts, text => texts.Contains(text.ToString()));
        Assert.Equal(0, sentinels.Read(12345, Modality.Frame, 10).Count);
    }

    [Fact]
    public void A_cycle_is_probed_on_the_sentinels_of_its_beginning_also_when_it_is_run_again()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk, Options);
        var stream = new RandomStream(41);
        foreach (Intake intake in stream.Take(400)) ledger.Admit(intake);
        SentinelView before = ledger.Sentinels();
        SentinelView ofCycle = ledger.Sentinels(ledger.StartCycle(Some.CycleStarted(1)));
        foreach (Intake intake in stream.Take(400)) ledger.Admit(intake);
        ledger.Sync();
        using ReplayLedger recovered = Ledgers.Open(disk.AfterCrash(), Options, ledger.SaveState());
        SentinelView again = recovered.Sentinels(recovered.OpenCycle!);
        Assert.NotEqual(before.Eras, ledger.Sentinels().Eras);
        Assert.Equal(before.Eras, ofCycle.Eras);
        Assert.Equal(before.Eras, again.Eras);
        foreach (Era era in before.Eras)
        {
            AssertSame(before.Read(era.Number, Modality.Pair, 5), ofCycle.Read(era.Number, Modality.Pair, 5));
            AssertSame(before.Read(era.Number, Modality.Frame, 5), again.Read(era.Number, Modality.Frame, 5));
        }
    }

    [Fact]
    public async Task Batches_are_drawn_beside_a_stream_that_goes_on()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        var stream = new RandomStream(37);
        foreach (Intake intake in stream.Take(500)) ledger.Admit(intake);
        TrainingView view = ledger.Start(1);
        Batch[] expected = [.. Enumerable.Range(0, 50).Select(step => view.Draw(Modality.Pair, 8, new DrawKey(9, 1, step, ChanceStream.Sampling)))];
        Task learner = Task.Run(() =>
        {
            for (int repeat = 0; repeat < 20; repeat++)
            {
                for (int step = 0; step < expected.Length; step++) AssertSame(expected[step], view.Draw(Modality.Pair, 8, new DrawKey(9, 1, step, ChanceStream.Sampling)));
            }
        });
        foreach (Intake intake in stream.Take(3000))
        {
            ledger.Admit(intake);
            if (ledger.Position % 100 == 0) ledger.Sync();
        }

        await learner;
    }

    private static void AssertSame(Batch expected, Batch actual)
    {
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Frames.Select(frame => Convert.ToHexString(frame.Rgb)), actual.Frames.Select(frame => Convert.ToHexString(frame.Rgb)));
        Assert.Equal(expected.Texts.Select(text => text.ToString()), actual.Texts.Select(text => text.ToString()));
    }
}
