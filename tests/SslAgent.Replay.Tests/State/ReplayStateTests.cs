using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.State;

public sealed class ReplayStateTests(ITestOutputHelper output)
{
    // Its own limits, so that eras are never thinned: that has a test of its own.
    private static readonly ReplayOptions Options = Ledgers.Small with { ErasMax = 1000 };

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void On_any_stream_it_holds_what_the_obvious_model_holds(int seed)
    {
        output.WriteLine($"seed {seed}");
        var stream = new RandomStream(seed);
        var chance = new Random(seed);
        var naive = new NaiveReplay(Options);
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        for (int cycle = 1; cycle <= 12; cycle++)
        {
            foreach (Intake intake in stream.Take(100)) Assert.Equal(naive.Admit(intake), ledger.Admit(intake).Result);
            ledger.StartCycle(Some.CycleStarted(cycle));
            naive.CycleStarted();
            foreach (Intake intake in stream.Take(30)) Assert.Equal(naive.Admit(intake), ledger.Admit(intake).Result);
            long[] quarantined = [.. Enumerable.Range(0, 5).Select(_ => chance.NextInt64(ledger.Position))];
            ledger.Decide(Some.CycleEnded(cycle, cycle, quarantined));
            naive.OtherDecision();
            naive.Remove(quarantined.Contains);
            if (cycle % 4 == 0)
            {
                long to = ledger.Position - 90;
                ledger.Decide(Some.RolledBack(to, ReplayRollback.DropSince));
                naive.OtherDecision();
                naive.Remove(id => id >= to);
            }

            Compare(naive, ledger);
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Folding_the_same_journal_twice_gives_the_same_state_byte_for_byte(int seed)
    {
        using ReplayLedger ledger = Lived(seed);
        List<NumberedRecord> records = ledger.ReadAll();
        Assert.Equal(ledger.StateDigest(), Folded(records).Digest());
        Assert.Equal(Folded(records).Digest(), Folded(records).Digest());
        Assert.NotEqual(Folded(records).Digest(), Folded(records.SkipLast(1)).Digest());
    }

    [Fact]
    public void Saved_anywhere_and_folded_on_it_arrives_at_the_same_state()
    {
        using ReplayLedger ledger = Lived(23);
        List<NumberedRecord> records = ledger.ReadAll();
        string expected = ledger.StateDigest();
        for (int cut = 0; cut < records.Count; cut += 37)
        {
            ReplayState state = Folded(records.Take(cut));
            var saved = new MemoryStream();
            state.Save(saved);
            saved.Position = 0;
            ReplayState loaded = ReplayState.Load(saved, Options, Some.Seed);
            Assert.Equal(state.Digest(), loaded.Digest());
            foreach (NumberedRecord record in records.Skip(cut)) loaded.Apply(record.Sequence, record.Record);
            Assert.Equal(expected, loaded.Digest());
        }
    }

    [Fact]
    public void A_damaged_or_foreign_save_is_refused_in_words()
    {
        var saved = new MemoryStream();
        Folded([]).Save(saved);
        byte[] bytes = saved.ToArray();
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 1;
            Assert.Throws<StateFormatException>(() => ReplayState.Load(new MemoryStream(damaged), Options, Some.Seed));
        }

        Assert.Throws<StateFormatException>(() => ReplayState.Load(new MemoryStream(bytes[..^1]), Options, Some.Seed));
        Assert.Contains("seed", Assert.Throws<StateFormatException>(() => ReplayState.Load(new MemoryStream(bytes), Options, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Smaller_limits_take_effect_when_a_state_is_loaded()
    {
        using ReplayLedger ledger = Lived(24);
        ReplayState loaded = ReplayState.Load(ledger.SaveState(), Options with { TextsMax = 7 }, Some.Seed);
        Assert.Equal(7, loaded.Buffered.Texts);
    }

    [Fact]
    public void What_an_abandoned_cycle_should_have_learned_is_fresh_again()
    {
        var state = new ReplayState(Options with { SentinelOneIn = 0 }, Some.Seed);
        for (int i = 0; i < 10; i++) state.Apply(i, Admitted(i));
        state.Apply(10, Some.CycleStarted(1));
        Assert.Equal((0, 0L), (state.Memory.Fresh.Texts.Count, state.TrainableSinceCycle));
        for (int i = 10; i < 13; i++) state.Apply(i + 1, Admitted(i));
        state.Apply(14, new JournalRecord.CycleAbandoned(new CycleNumber(1), "cut off"));
        Assert.Equal((13, 13L), (state.Memory.Fresh.Texts.Count, state.TrainableSinceCycle));
        state.Apply(15, Some.CycleStarted(2));
        Assert.Equal(13, state.OpenCycle!.Index.Of(Modality.Text).Fresh.Length);
        state.Apply(16, Some.CycleEnded(2, 1));
        Assert.Null(state.OpenCycle);
        Assert.Equal(0, state.Memory.Fresh.Texts.Count);
    }

    [Fact]
    public void What_a_rollback_dropped_does_not_come_back_with_an_abandoned_cycle()
    {
        var state = new ReplayState(Options with { SentinelOneIn = 0 }, Some.Seed);
        for (int i = 0; i < 10; i++) state.Apply(i, Admitted(i));
        state.Apply(10, Some.CycleStarted(1));
        state.Apply(11, Some.RolledBack(6, ReplayRollback.DropSince));
        state.Apply(12, new JournalRecord.CycleAbandoned(new CycleNumber(1), "cut off by a rollback"));
        Assert.Equal((6, 6), (state.Memory.Fresh.Texts.Count, state.Buffered.Texts));
    }

    [Fact]
    public void A_text_that_turns_out_to_be_a_sentinels_is_drawn_no_more()
    {
        // By its pair key the second one is a sentinel, the first one by its content is not.
        var split = new SentinelSplit(Options, Some.Seed);
        string text = Enumerable.Range(0, 100).Select(i => "line " + i).First(line => !split.IsSentinel(Some.TextSample(0, line)));
        string key = Enumerable.Range(0, 100).Select(i => "key " + i).First(pair => split.IsSentinel(Some.TextSample(0, text, pair: pair)));
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        Assert.Equal(AdmissionResult.Admitted, ledger.Admit(Some.TextSample(0, text)).Result);
        Assert.Equal(AdmissionResult.Sentinel, ledger.Admit(Some.TextSample(1, text, pair: key)).Result);
        Assert.Equal(AdmissionResult.Skipped, ledger.Admit(Some.TextSample(2, text)).Result);
        Assert.Equal(0, ledger.Start(1).Available.Texts);
        Assert.Equal(1, ledger.Stats().Skipped[SkipReason.SentinelDuplicate]);
    }

    private static JournalRecord.Admitted Admitted(int offset) => new(Some.TextSample(offset, "line " + offset), false);

    private static ReplayLedger Lived(int seed)
    {
        ReplayLedger ledger = Ledgers.OpenNew(Options);
        var stream = new RandomStream(seed);
        for (int cycle = 1; cycle <= 6; cycle++)
        {
            foreach (Intake intake in stream.Take(150)) ledger.Admit(intake);
            ledger.StartCycle(Some.CycleStarted(cycle));
            foreach (Intake intake in stream.Take(20)) ledger.Admit(intake);
            if (cycle == 2) ledger.Decide(new JournalRecord.TokenizerFrozen([1], 10, 10));
            if (cycle == 3) ledger.OpenEpoch("stream", 2, 0, "re-created");
            ledger.Decide(cycle == 4 ? new JournalRecord.CycleAbandoned(new CycleNumber(4), "test") : Some.CycleEnded(cycle, cycle, 3, 7));
            if (cycle == 5) ledger.Decide(Some.RolledBack(ledger.Position - 200, ReplayRollback.DropSince, new DeniedRange("stream", 1, 300, 310)));
        }

        ledger.StartCycle(Some.CycleStarted(7));
        ledger.Sync();
        return ledger;
    }

    private static ReplayState Folded(IEnumerable<NumberedRecord> records)
    {
        var state = new ReplayState(Options, Some.Seed);
        foreach (NumberedRecord record in records) state.Apply(record.Sequence, record.Record);
        return state;
    }

    private static void Compare(NaiveReplay naive, ReplayLedger ledger)
    {
        ledger.Sync();
        ReplayMemory memory = Folded(ledger.ReadAll()).Memory;
        Assert.Equal(naive.Frames.Ids, Ids(memory.Buffer.Frames));
        Assert.Equal(naive.Texts.Ids, Ids(memory.Buffer.Texts));
        Assert.Equal(naive.Pairs.Ids, Ids(memory.Buffer.Pairs));
        Assert.Equal(naive.FreshTexts.Ids, Ids(memory.Fresh.Texts));
        Assert.Equal(naive.EraTexts.Values.SelectMany(era => era.Ids), memory.Eras.All.SelectMany(era => Ids(era.Sentinels.Texts)));
        Assert.Equal(naive.EraPairs.Values.SelectMany(era => era.Ids), memory.Eras.All.SelectMany(era => Ids(era.Sentinels.Pairs)));
    }

    private static IEnumerable<(long, long)> Ids(IReplayBuffer buffer) => Entry.Sorted(buffer.Entries()).Select(entry => (entry.Id, entry.OtherId));
}
