using SslAgent.Storage.Tests.Support;

namespace SslAgent.Storage.Tests.Records;

/// <summary>Reading beside the log's owner: the same records, and never a change to the disk.</summary>
public sealed class OpenToReadTests
{
    private const long SegmentBytes = 4096;
    private const string Path = LogScript.Directory + "/samples-0000000000000000.seg";

    [Fact]
    public void A_torn_tail_is_the_end_and_stays_as_it_is()
    {
        var disk = new SimulatedDisk();
        using (RecordLog log = LogScript.Open(disk))
        {
            LogScript.Append(log, 0, 19);
            log.Sync();
            LogScript.Append(log, 20, 24);
            log.Sync();
        }

        byte[] whole = disk.Get(Path);
        for (int length = whole.Length; length >= 0; length -= 7)
        {
            disk.Put(Path, whole[..length]);
            int before = disk.Trace.Count;
            List<long> seen;
            using (RecordLog reader = OpenToRead(disk)) seen = LogScript.ReadAll(reader);

            Assert.Equal(before, disk.Trace.Count);
            Assert.Equal(length, disk.Get(Path).Length);
            using RecordLog owner = LogScript.Open(disk);
            Assert.Equal(LogScript.ReadAll(owner), seen);
        }
    }

    [Fact]
    public void Whatever_a_crash_left_of_a_compaction_it_sees_what_the_owner_will_see_and_tidies_nothing_up()
    {
        int operations = OperationsOf(stopAfter: int.MaxValue, out _), stops = 0;
        for (int stopAfter = 1; stopAfter <= operations; stopAfter++)
        {
            OperationsOf(stopAfter, out SimulatedDisk disk);
            SimulatedDisk found = disk.AfterKill();
            int before = found.Trace.Count;
            List<long> seen;
            using (RecordLog reader = OpenToRead(found)) seen = LogScript.ReadAll(reader);
            Assert.Equal(before, found.Trace.Count);
            using RecordLog owner = LogScript.Open(found, SegmentBytes);
            Assert.Equal(LogScript.ReadAll(owner), seen);
            stops++;
        }

        Assert.True(stops > 8, $"{stops} stops");
    }

    [Fact]
    public void A_missing_index_is_not_written_and_a_damaged_record_is_told()
    {
        var disk = new SimulatedDisk();
        using (RecordLog log = LogScript.Open(disk, SegmentBytes))
        {
            LogScript.Append(log, 0, 299);
            log.Sync();
        }

        string index = System.IO.Path.ChangeExtension(Path, ".idx");
        disk.Delete(index);
        byte[] bent = disk.Get(Path);
        bent[bent.Length / 2] ^= 1;
        disk.Put(Path, bent);
        int before = disk.Trace.Count;

        using RecordLog reader = OpenToRead(disk);

        List<long> seen = LogScript.ReadAll(reader, 0, out IReadOnlyList<DamagedRange> damaged);
        Assert.Equal(299, seen.Count);
        Assert.Single(damaged);
        Assert.False(disk.FileExists(index));
        Assert.Equal(before, disk.Trace.Count);
    }

    [Fact]
    public void What_is_appended_later_is_not_seen_and_what_was_there_is_read_to_its_end()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, SegmentBytes);
        LogScript.Append(log, 0, 149);
        log.Sync();
        using RecordLog reader = OpenToRead(disk);
        LogScript.Append(log, 150, 299);
        log.Sync();

        Assert.Equal(LogScript.Range(0, 149), LogScript.ReadAll(reader));
        Assert.Equal(149, reader.LastSequence);
        Assert.Equal(LogScript.Payload(149), LogScript.Find(reader, 149));
        Assert.Null(LogScript.Find(reader, 150));
    }

    [Fact]
    public void What_the_owner_takes_away_meanwhile_is_an_exception_and_never_a_gap()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, SegmentBytes);
        LogScript.Append(log, 0, 299);
        log.Sync();
        using RecordLog dropped = OpenToRead(disk), compacted = OpenToRead(disk);
        SegmentInfo first = log.Segments[0], second = log.Segments[1];
        Assert.True(log.Compact([second], record => record.Sequence % 3 == 0));
        Assert.True(log.Drop(first));

        RecordLogChangedException gone = Assert.Throws<RecordLogChangedException>(() => LogScript.ReadAll(dropped));
        Assert.Equal(first.Path, gone.Path);
        Assert.Throws<RecordLogChangedException>(() => LogScript.Find(dropped, 0));
        RecordLogChangedException rewritten = Assert.Throws<RecordLogChangedException>(() => LogScript.ReadAll(compacted, second.FirstSequence));
        Assert.Equal(second.Path, rewritten.Path);
        Assert.Throws<RecordLogChangedException>(() => LogScript.Find(compacted, second.FirstSequence));
        long behind = log.Segments[1].FirstSequence;
        Assert.Equal(LogScript.Range(behind, 299), LogScript.ReadAll(compacted, behind));
        using RecordLog anew = OpenToRead(disk);
        Assert.Equal(LogScript.ReadAll(log), LogScript.ReadAll(anew));
    }

    [Fact]
    public void It_refuses_to_write()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, SegmentBytes);
        LogScript.Append(log, 0, 299);
        log.Sync();
        int before = disk.Trace.Count;
        using RecordLog reader = OpenToRead(disk);

        Assert.Throws<InvalidOperationException>(() => reader.Append(300, 0, [1]));
        Assert.Throws<InvalidOperationException>(() => reader.Drop(reader.Segments[0]));
        Assert.Throws<InvalidOperationException>(() => reader.Compact([reader.Segments[0]], _ => true));
        reader.Sync();
        Assert.Equal(before, disk.Trace.Count);
    }

    [Fact]
    public void Where_there_is_no_log_there_is_nothing_to_read_and_none_is_made()
    {
        var disk = new SimulatedDisk();
        using RecordLog reader = OpenToRead(disk);
        Assert.Empty(LogScript.ReadAll(reader));
        Assert.False(disk.DirectoryExists(LogScript.Directory));
    }

    [Fact]
    public async Task Beside_a_writer_each_look_is_a_whole_beginning_of_the_log()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, SegmentBytes);
        long durable = -1;
        Task writing = Task.Run(() =>
        {
            for (long first = 0; first < 3000; first += 5)
            {
                LogScript.Append(log, first, first + 4);
                log.Sync();
                Volatile.Write(ref durable, first + 4);
            }
        }, TestContext.Current.CancellationToken);
        int looks = 0;
        while (!writing.IsCompleted || looks == 0)
        {
            long known = Volatile.Read(ref durable);
            using RecordLog reader = OpenToRead(disk);
            List<long> seen = LogScript.ReadAll(reader, 0, out IReadOnlyList<DamagedRange> damaged);
            Assert.Empty(damaged);
            Assert.Equal(LogScript.Range(0, seen.Count - 1), seen);
            Assert.True(seen.Count > known, $"{seen.Count} records seen, {known + 1} were durable before");
            looks++;
        }

        await writing;
    }

    private static RecordLog OpenToRead(IDisk disk) => RecordLog.OpenToRead(disk, LogScript.Settings(SegmentBytes), TimeProvider.System);

    /// <summary>Compacts four segments and dies at the nth operation of that; returns how many there were.</summary>
    private static int OperationsOf(int stopAfter, out SimulatedDisk disk)
    {
        disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, SegmentBytes);
        LogScript.Append(log, 0, 299);
        log.Sync();
        int before = disk.Trace.Count;
        if (stopAfter < int.MaxValue) disk.StopAt = before + stopAfter;
        try
        {
            log.Compact([.. log.Segments.Take(4)], record => record.Sequence % 10 == 3);
        }
        catch (DiskStoppedException)
        {
            // As asked.
        }

        return disk.Trace.Count - before;
    }
}
