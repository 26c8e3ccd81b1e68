using SslAgent.Storage.Tests.Support;

namespace SslAgent.Storage.Tests.Records;

/// <summary>
/// A lying disk under a whole sequence of appends, syncs, rolls and a compaction: every operation fails once, and the power goes at every
/// operation.
/// </summary>
public sealed class RecordLogFaultTests(ITestOutputHelper output)
{
    private const long SegmentBytes = 4096;
    private const int Groups = 12, GroupRecords = 10;

    [Theory]
    [InlineData(StorageFault.DiskFull)]
    [InlineData(StorageFault.Device)]
    public void A_fault_at_any_operation_is_typed_and_trying_again_loses_nothing(StorageFault fault)
    {
        int operations = Operations();
        for (int fail = 1; fail <= operations; fail++)
        {
            var disk = new SimulatedDisk { FailAt = fail, FailWith = fault };
            RecordLog log = OpenTryingAgain(disk);
            int faults = RunTryingAgain(log, keep: _ => true);
            Assert.True(faults <= 1, $"operation {fail}");
            Assert.Equal(LogScript.Range(0, Groups * GroupRecords - 1), LogScript.ReadAll(log));
            log.Dispose();
            using RecordLog found = LogScript.Open(disk.AfterCrash(), SegmentBytes);
            Assert.Equal(LogScript.Range(0, Groups * GroupRecords - 1), LogScript.ReadAll(found));
            Assert.Empty(found.Findings.Damaged);
        }
    }

    [Fact]
    public void A_disk_that_stays_full_keeps_what_was_durable_and_takes_the_rest_once_there_is_room()
    {
        int operations = Operations();
        for (int fail = 5; fail <= operations; fail += 3)
        {
            var disk = new SimulatedDisk();
            using RecordLog log = OpenTryingAgain(disk);
            disk.FailAt = fail;
            disk.FailOn = true;
            int durable = 0, appended = 0;
            for (int group = 0; group < Groups; group++)
            {
                if (!TryAppendGroup(log, ref appended)) break;
                if (!Try(log.Sync)) break;
                durable = appended;
            }

            using (RecordLog found = LogScript.Open(disk.AfterCrash(), SegmentBytes))
            {
                Assert.True(LogScript.ReadAll(found).Count >= durable, $"operation {fail}");
            }

            disk.FailAt = 0;
            log.Sync();
            Assert.Equal(LogScript.Range(0, appended - 1), LogScript.ReadAll(log));
        }
    }

    [Fact]
    public void Power_lost_at_any_operation_leaves_a_gapless_log_with_all_that_was_synced()
    {
        const int Seeds = 6;
        int operations = Operations();
        output.WriteLine($"{operations} operations, {Seeds} crashes each, seeds 0 to {operations * Seeds}");
        for (int stop = 1; stop <= operations; stop++)
        {
            var disk = new SimulatedDisk { StopAt = stop };
            int durable = RunUntilStopped(disk);
            for (int seed = 0; seed < Seeds; seed++)
            {
                SimulatedDisk found = disk.AfterCrash(seed == 0 ? null : new Random(stop * Seeds + seed));
                using RecordLog log = LogScript.Open(found, SegmentBytes);
                List<long> records = LogScript.ReadAll(log, 0, out var damaged);
                string where = $"stop {stop} ({disk.Trace[^1]}), seed {seed}";
                Assert.True(records.Count >= durable, $"{where}: {records.Count} of {durable}");
                Assert.True(records.SequenceEqual(LogScript.Range(0, records.Count - 1)), where);
                Assert.True(damaged.Count == 0 && log.Findings.Damaged.Count == 0, where);
                LogScript.Append(log, records.Count, records.Count + 30);
                log.Sync();
                Assert.Equal(records.Count + 31, LogScript.ReadAll(log).Count);
            }
        }
    }

    [Fact]
    public void Power_lost_during_a_compaction_leaves_the_log_as_before_or_compacted()
    {
        var whole = new SimulatedDisk();
        using (RecordLog log = LogScript.Open(whole, SegmentBytes)) RunTryingAgain(log, keep: _ => true);
        int before = whole.Trace.Count;
        long last;
        using (RecordLog log = LogScript.Open(whole, SegmentBytes)) last = Compact(log);
        int operations = whole.Trace.Count - before;
        for (int stop = 1; stop <= operations; stop++)
        {
            for (int seed = 0; seed < 6; seed++)
            {
                var disk = new SimulatedDisk();
                using (RecordLog log = LogScript.Open(disk, SegmentBytes)) RunTryingAgain(log, keep: _ => true);
                RecordLog compacting = LogScript.Open(disk, SegmentBytes);
                disk.StopAt = disk.Trace.Count + stop;
                Assert.Throws<DiskStoppedException>(() => Compact(compacting));
                using RecordLog found = LogScript.Open(disk.AfterCrash(seed == 0 ? null : new Random(stop * 6 + seed)), SegmentBytes);
                List<long> records = LogScript.ReadAll(found);
                bool isCompacted = records.SequenceEqual(
                    LogScript.Range(0, Groups * GroupRecords - 1).Where(sequence => sequence > last || sequence % 7 == 0));
                Assert.True(isCompacted || records.SequenceEqual(LogScript.Range(0, Groups * GroupRecords - 1)), $"stop {stop}, seed {seed}");
                foreach (long sequence in records) Assert.Equal(LogScript.Payload(sequence), LogScript.Find(found, sequence));
            }
        }
    }

    private static long Compact(RecordLog log)
    {
        List<SegmentInfo> group = [.. log.Segments.Take(3)];
        Assert.True(log.Compact(group, record => record.Sequence % 7 == 0));
        return group[^1].LastSequence;
    }

    private static int Operations()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, SegmentBytes);
        RunTryingAgain(log, keep: _ => true);
        return disk.Trace.Count;
    }

    private static RecordLog OpenTryingAgain(SimulatedDisk disk)
    {
        try
        {
            return LogScript.Open(disk, SegmentBytes);
        }
        catch (StorageException)
        {
            return LogScript.Open(disk, SegmentBytes);
        }
    }

    private static int RunTryingAgain(RecordLog log, Func<long, bool> keep)
    {
        int faults = 0;
        for (long sequence = 0; sequence < Groups * GroupRecords; sequence++)
        {
            if (!keep(sequence)) continue;
            while (!Try(() => LogScript.Append(log, sequence, sequence))) faults++;
            if (sequence % GroupRecords != GroupRecords - 1) continue;
            while (!Try(log.Sync)) faults++;
        }

        return faults;
    }

    private static bool TryAppendGroup(RecordLog log, ref int appended)
    {
        for (int i = 0; i < GroupRecords; i++)
        {
            long sequence = appended;
            if (!Try(() => LogScript.Append(log, sequence, sequence))) return false;
            appended++;
        }

        return true;
    }

    private static int RunUntilStopped(SimulatedDisk disk)
    {
        int durable = 0;
        try
        {
            RecordLog log = LogScript.Open(disk, SegmentBytes);
            for (int group = 0; group < Groups; group++)
            {
                LogScript.Append(log, group * GroupRecords, (group + 1) * GroupRecords - 1);
                log.Sync();
                durable = (group + 1) * GroupRecords;
            }
        }
        catch (DiskStoppedException)
        {
            // The process died here.
        }

        return durable;
    }

    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }
}
