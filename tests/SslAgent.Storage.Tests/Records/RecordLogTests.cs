using SslAgent.Storage.Tests.Support;

namespace SslAgent.Storage.Tests.Records;

public sealed class RecordLogTests
{
    [Theory]
    [InlineData(1 << 20)]
    [InlineData(4096)]
    public void What_was_synced_is_read_back_in_order_after_reopening(long segmentBytes)
    {
        var disk = new SimulatedDisk();
        using (RecordLog log = LogScript.Open(disk, segmentBytes))
        {
            LogScript.Append(log, 0, 299);
            log.Sync();
            Assert.Equal(LogScript.Range(0, 299), LogScript.ReadAll(log));
        }

        using RecordLog reopened = LogScript.Open(disk.AfterCrash(), segmentBytes);
        Assert.Equal(299, reopened.LastSequence);
        Assert.Equal(LogScript.Range(0, 299), LogScript.ReadAll(reopened));
        Assert.Equal(LogScript.Range(137, 299), LogScript.ReadAll(reopened, 137));
        Assert.Empty(reopened.Findings.Damaged);
        Assert.Equal(0, reopened.Findings.CutBytes);
        Assert.Empty(reopened.Findings.Notes);
    }

    [Fact]
    public void Any_record_is_found_by_its_number_whether_it_is_durable_or_not()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, 8192);
        LogScript.Append(log, 10, 200);
        log.Sync();
        LogScript.Append(log, 205, 260);
        foreach (long sequence in LogScript.Range(0, 270))
        {
            bool isThere = sequence is (>= 10 and <= 200) or (>= 205 and <= 260);
            byte[]? found = LogScript.Find(log, sequence);
            Assert.Equal(isThere ? LogScript.Payload(sequence) : null, found);
        }
    }

    [Fact]
    public void What_was_not_synced_is_not_scanned_and_is_gone_after_a_crash()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk);
        LogScript.Append(log, 0, 9);
        log.Sync();
        LogScript.Append(log, 10, 19);
        Assert.Equal(LogScript.Range(0, 9), LogScript.ReadAll(log));
        Assert.Equal(19, log.LastSequence);
        using RecordLog found = LogScript.Open(disk.AfterCrash());
        Assert.Equal(LogScript.Range(0, 9), LogScript.ReadAll(found));
    }

    [Fact]
    public void Withdrawn_records_leave_no_trace_and_their_numbers_are_free_again()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk);
        LogScript.Append(log, 0, 4);
        log.Sync();
        disk.FailAt = disk.Trace.Count + 2;
        log.Append(5, 9, [1, 2, 3]);
        Assert.Throws<StorageException>(log.Sync);
        log.Withdraw();
        Assert.Null(LogScript.Find(log, 5));
        log.Sync();
        using (RecordLog nothingLeft = LogScript.Open(disk.AfterCrash())) Assert.Equal(4, nothingLeft.LastSequence);
        LogScript.Append(log, 5, 6);
        log.Sync();
        Assert.Equal(LogScript.Range(0, 6), LogScript.ReadAll(log));
        using RecordLog found = LogScript.Open(disk.AfterCrash());
        Assert.Equal(LogScript.Range(0, 6), LogScript.ReadAll(found));
    }

    [Fact]
    public void Numbers_never_go_back()
    {
        using RecordLog log = LogScript.Open(new SimulatedDisk());
        log.Append(5, 0, []);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Append(5, 0, []));
    }

    [Fact]
    public void A_segment_of_a_newer_format_is_refused_and_left_as_it_is()
    {
        var disk = new SimulatedDisk();
        using (RecordLog log = LogScript.Open(disk))
        {
            LogScript.Append(log, 0, 4);
            log.Sync();
        }

        string path = LogScript.Directory + "/samples-0000000000000000.seg";
        byte[] bytes = disk.Get(path);
        new SegmentHeader(99, 1, 0, 0, 0, 0).Write(bytes);
        disk.Put(path, bytes);

        Assert.Throws<UnknownFormatException>(() => LogScript.Open(disk));
        Assert.Equal(bytes, disk.Get(path));
    }

    [Fact]
    public void The_real_disk_holds_a_log_too()
    {
        string directory = Directory.CreateTempSubdirectory("log-").FullName;
        var settings = new RecordLogSettings(directory, "samples", 1, 16384, 1 << 20);
        using (RecordLog log = RecordLog.Open(LocalDisk.Instance, settings, TimeProvider.System))
        {
            LogScript.Append(log, 0, 499);
            log.Sync();
        }

        using (RecordLog log = RecordLog.Open(LocalDisk.Instance, settings, TimeProvider.System))
        {
            LogScript.Append(log, 500, 599);
            log.Sync();
            Assert.Equal(LogScript.Range(0, 599), LogScript.ReadAll(log));
            Assert.True(log.Segments.Count > 3);
            Assert.Equal(log.Segments.Sum(segment => segment.Bytes), log.Bytes);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Readers_beside_the_writer_see_only_whole_records()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, 32768);
        LogScript.Append(log, 0, 0);
        using var done = new CancellationTokenSource();
        long newest = 0;
        Task reader = Task.Run(() =>
        {
            var chance = new Random(5);
            while (!done.IsCancellationRequested)
            {
                long sequence = chance.NextInt64(Interlocked.Read(ref newest) + 1);
                Assert.Equal(LogScript.Payload(sequence), LogScript.Find(log, sequence));
            }
        });
        for (long sequence = 1; sequence <= 3000; sequence++)
        {
            LogScript.Append(log, sequence, sequence);
            Interlocked.Exchange(ref newest, sequence);
            if (sequence % 50 == 0) log.Sync();
        }

        await done.CancelAsync();
        await reader;
    }
}
