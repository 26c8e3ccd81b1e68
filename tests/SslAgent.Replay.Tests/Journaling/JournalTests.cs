using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests.Journaling;

public sealed class JournalTests
{
    private static readonly ReplayOptions Options = new() { SegmentBytes = 1 << 16 };

    [Fact]
    public void Samples_and_decisions_share_one_numbering_and_are_read_merged()
    {
        var disk = new SimulatedDisk();
        using (Journal journal = Open(disk))
        {
            for (int i = 0; i < Some.EveryKind.Count; i++) Assert.Equal(i, journal.Append(Some.EveryKind[i]));
            journal.Sync();
        }

        using Journal reopened = Open(disk.AfterCrash());
        Assert.Equal(Some.EveryKind.Count, reopened.Position);
        List<NumberedRecord> records = ReadAll(reopened, 0);
        Assert.Equal(Enumerable.Range(0, Some.EveryKind.Count), records.Select(record => (int)record.Sequence));
        Assert.Equal(Some.EveryKind.Select(Some.Encoded), records.Select(record => Some.Encoded(record.Record)));
        Assert.Equal(Enumerable.Range(5, Some.EveryKind.Count - 5), ReadAll(reopened, 5).Select(record => (int)record.Sequence));
    }

    [Fact]
    public void A_decision_makes_everything_before_it_durable()
    {
        var disk = new SimulatedDisk();
        using Journal journal = Open(disk);
        journal.Append(Admitted(0));
        journal.Append(Some.CycleStarted(1));
        journal.Append(Admitted(1));
        using Journal found = Open(disk.AfterCrash());
        Assert.Equal(2, found.Position);
    }

    [Fact]
    public void A_decision_that_the_disk_refused_never_happened_and_its_number_goes_to_the_next_record()
    {
        for (int fail = 1; fail <= 6; fail++)
        {
            var disk = new SimulatedDisk();
            using Journal journal = Open(disk);
            journal.Append(Admitted(0));
            journal.Sync();
            disk.FailAt = disk.Trace.Count + fail;
            bool isRefused = false;
            try
            {
                journal.Append(Some.CycleStarted(1));
            }
            catch (StorageException)
            {
                isRefused = true;
            }

            journal.Append(Admitted(1));
            journal.Sync();
            for (int seed = 0; seed < 20; seed++)
            {
                // Also where bytes that were never synced turn up after all.
                using Journal found = Open(disk.AfterCrash(seed == 0 ? null : new Random(seed)));
                Assert.Equal(isRefused ? [0L, 1L] : [0L, 1L, 2L], ReadAll(found, 0).Select(record => record.Sequence));
                Assert.Equal(isRefused ? 0 : 1, ReadAll(found, 0).Count(record => record.Record is JournalRecord.CycleStarted));
            }
        }
    }

    [Fact]
    public void Power_lost_at_any_operation_leaves_a_prefix_of_the_journal_without_a_hole()
    {
        int operations = Run(new SimulatedDisk(), out _);
        for (int stop = 1; stop <= operations; stop++)
        {
            var disk = new SimulatedDisk { StopAt = stop };
            Run(disk, out long durable);
            for (int seed = 0; seed < 5; seed++)
            {
                using Journal found = Open(disk.AfterCrash(seed == 0 ? null : new Random(stop * 5 + seed)));
                long[] sequences = [.. ReadAll(found, 0).Select(record => record.Sequence)];
                Assert.Equal(Enumerable.Range(0, sequences.Length).Select(i => (long)i), sequences);
                Assert.True(sequences.Length >= durable, $"stop {stop} ({disk.Trace[^1]}), seed {seed}: {sequences.Length} of {durable}");
                Assert.Equal(sequences.Length, found.Position);
            }
        }
    }

    [Fact]
    public void A_full_disk_bounds_what_waits_in_memory_and_loses_nothing()
    {
        var disk = new SimulatedDisk();
        using Journal journal = Journal.Open(disk, "/journal", Options with { GroupCommitBytes = 4096 }, TimeProvider.System);
        journal.Append(Admitted(0));
        journal.Sync();
        disk.CapacityBytes = 0;
        int appended = 1;
        while (true)
        {
            try
            {
                journal.Append(Admitted(appended));
                appended++;
            }
            catch (StorageException fault)
            {
                Assert.Equal(StorageFault.DiskFull, fault.Fault);
                break;
            }
        }

        Assert.InRange(journal.PendingBytes, 4096, 4096 + 200);
        disk.CapacityBytes = long.MaxValue;
        journal.Append(Admitted(appended));
        journal.Sync();
        Assert.Equal(appended + 1, ReadAll(journal, 0).Count);
    }

    [Fact]
    public void A_sync_is_due_after_the_delay_or_the_bytes_whichever_comes_first()
    {
        var clock = new ManualTime();
        using Journal journal = Journal.Open(new SimulatedDisk(), "/journal", Options with { GroupCommitBytes = 1024 }, clock);
        Assert.Null(journal.SyncDueIn);
        journal.Append(Admitted(0));
        Assert.Equal(TimeSpan.FromMilliseconds(200), journal.SyncDueIn);
        clock.Advance(TimeSpan.FromMilliseconds(150));
        journal.Append(Admitted(1));
        Assert.Equal(TimeSpan.FromMilliseconds(50), journal.SyncDueIn);
        clock.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(TimeSpan.Zero, journal.SyncDueIn);
        journal.Sync();
        Assert.Null(journal.SyncDueIn);
        for (int i = 2; journal.PendingBytes < 1024; i++) journal.Append(Admitted(i));
        Assert.Equal(TimeSpan.Zero, journal.SyncDueIn);
    }

    private static JournalRecord.Admitted Admitted(long offset) => new(Some.TextSample(offset, "line " + offset), false);

    private static Journal Open(IDisk disk) => Journal.Open(disk, "/journal", Options, TimeProvider.System);

    private static List<NumberedRecord> ReadAll(Journal journal, long from)
    {
        using JournalCursor cursor = journal.Read(from);
        var records = new List<NumberedRecord>();
        while (cursor.MoveNext()) records.Add(cursor.Current);
        Assert.Empty(cursor.Damaged);
        return records;
    }

    private static int Run(SimulatedDisk disk, out long durable)
    {
        durable = 0;
        try
        {
            Journal journal = Open(disk);
            for (int i = 0; i < 60; i++)
            {
                journal.Append(i % 7 == 3 ? Some.CycleStarted(i) : Admitted(i));
                if (i % 7 == 3) durable = i + 1;
                if (i % 10 != 9) continue;
                journal.Sync();
                durable = i + 1;
            }
        }
        catch (DiskStoppedException)
        {
            // The process died here.
        }

        return disk.Trace.Count;
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
