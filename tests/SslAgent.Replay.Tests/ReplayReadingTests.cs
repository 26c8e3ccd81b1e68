using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests;

/// <summary>Folding beside the ledger that writes.</summary>
public sealed class ReplayReadingTests
{
    [Fact]
    public void The_state_of_the_writing_ledger_is_derived_beside_it_and_nothing_is_written()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk);
        List<Intake> stream = [.. new RandomStream(51).Take(600)];
        foreach (Intake intake in stream.Take(200)) ledger.Admit(intake);
        MemoryStream saved = ledger.SaveState();
        foreach (Intake intake in stream.Skip(200)) ledger.Admit(intake);
        OpenCycle cycle = ledger.StartCycle(Some.CycleStarted(1));
        string digest = ledger.StateDigest();
        foreach (Intake intake in new RandomStream(52).Take(100)) ledger.Admit(intake);
        int before = disk.Trace.Count;

        using ReplayReading reading = OpenToRead(disk);
        ReplayState state = ReplayState.Load(saved, Ledgers.Small, Some.Seed);
        FoldReport fold = reading.Fold(state, Ledgers.Small, cycle.Sequence, CancellationToken.None);

        Assert.Empty(fold.Missing);
        Assert.Equal(digest, state.Digest());
        TrainingView mine = reading.View(state.OpenCycle!, 0.5), theirs = ledger.View(cycle, 0.5);
        var key = new DrawKey(1, 1, 3, ChanceStream.Sampling);
        Assert.Equal(theirs.Draw(Modality.Text, 16, key).Texts.Select(text => text.ToString()), mine.Draw(Modality.Text, 16, key).Texts.Select(text => text.ToString()));
        Assert.Empty(reading.TakeUnreadable());
        Assert.Equal(before, disk.Trace.Count);
    }

    [Fact]
    public void Numbers_that_were_retired_are_told_with_the_horizon()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk);
        ledger.Decide(new JournalRecord.TokenizerFrozen([1], 1, 1));
        foreach (Intake intake in new RandomStream(53).Take(6000)) ledger.Admit(intake);
        long horizon = ledger.Position / 2;
        ledger.Decide(new JournalRecord.HistoryRetired(horizon, "a test"));
        Assert.True(ledger.Retire(new HashSet<long>(), horizon, CancellationToken.None).BytesFreed > 0);

        using ReplayReading reading = OpenToRead(disk);
        FoldReport fold = reading.Fold(new ReplayState(Ledgers.Small, Some.Seed), Ledgers.Small, ledger.Position - 1, CancellationToken.None);

        Assert.Equal(horizon, reading.CompleteFrom);
        Assert.NotEmpty(fold.Missing);
        Assert.All(fold.Missing, gap => Assert.True(gap.From <= gap.To && gap.To < horizon, $"{gap}"));
        Assert.Equal(ledger.Position, fold.Records + fold.Missing.Sum(gap => gap.To - gap.From + 1));
    }

    [Fact]
    public void What_is_retired_while_it_reads_is_an_exception_and_never_a_gap()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk);
        ledger.Decide(new JournalRecord.TokenizerFrozen([1], 1, 1));
        foreach (Intake intake in new RandomStream(54).Take(6000)) ledger.Admit(intake);
        ledger.Sync();
        using ReplayReading reading = OpenToRead(disk);
        Assert.True(ledger.Retire(new HashSet<long>(), ledger.Position, CancellationToken.None).BytesFreed > 0);

        Assert.Throws<RecordLogChangedException>(
            () => reading.Fold(new ReplayState(Ledgers.Small, Some.Seed), Ledgers.Small, long.MaxValue, CancellationToken.None));
    }

    [Fact]
    public async Task A_decision_that_is_seen_has_every_sample_before_it()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk);
        Task writing = Task.Run(() =>
        {
            int cycle = 0;
            foreach (Intake[] some in new RandomStream(55).Take(4000).Chunk(20))
            {
                foreach (Intake intake in some) ledger.Admit(intake);
                ledger.StartCycle(Some.CycleStarted(++cycle));
                ledger.Decide(Some.CycleEnded(cycle, cycle));
            }
        }, TestContext.Current.CancellationToken);
        int looks = 0;
        while (!writing.IsCompleted || looks == 0)
        {
            using ReplayReading reading = OpenToRead(disk);
            if (reading.Decisions.Count == 0) continue;
            FoldReport fold = reading.Fold(new ReplayState(Ledgers.Small, Some.Seed), Ledgers.Small, reading.Decisions[^1].Sequence, CancellationToken.None);
            Assert.Empty(fold.Missing);
            looks++;
        }

        await writing;
    }

    private static ReplayReading OpenToRead(IDisk disk) =>
        ReplayReading.Open(new ReplayPlace(disk, "/journal", Some.Seed, TimeProvider.System));
}
