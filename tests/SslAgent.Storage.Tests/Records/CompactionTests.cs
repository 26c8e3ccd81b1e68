using SslAgent.Storage.Tests.Support;

namespace SslAgent.Storage.Tests.Records;

public sealed class CompactionTests
{
    [Fact]
    public void Compacted_segments_keep_their_survivors_under_the_same_numbers()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, 4096);
        LogScript.Append(log, 0, 299);
        log.Sync();
        List<SegmentInfo> group = [.. log.Segments.Take(4)];
        long bytesBefore = log.Bytes, last = group[^1].LastSequence;

        Assert.True(log.Compact(group, record => record.Sequence % 10 == 3));

        Assert.True(log.Bytes < bytesBefore);
        IEnumerable<long> expected = LogScript.Range(0, 299).Where(sequence => sequence > last || sequence % 10 == 3);
        Assert.Equal(expected, LogScript.ReadAll(log));
        Assert.Equal(LogScript.Payload(13), LogScript.Find(log, 13));
        Assert.Null(LogScript.Find(log, 14));
        using RecordLog reopened = LogScript.Open(disk.AfterCrash(), 4096);
        Assert.Equal(expected, LogScript.ReadAll(reopened));
        Assert.Empty(reopened.Findings.Notes);
        Assert.Equal(1u, reopened.Segments[0].Generation);
    }

    [Fact]
    public void A_dropped_segment_is_gone_for_good_and_the_open_one_cannot_be_dropped()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, 4096);
        LogScript.Append(log, 0, 299);
        log.Sync();
        SegmentInfo first = log.Segments[0];
        Assert.True(log.Drop(first));
        Assert.Null(LogScript.Find(log, 0));
        Assert.Equal(LogScript.Range(first.LastSequence + 1, 299), LogScript.ReadAll(log));
        Assert.Throws<ArgumentException>(() => log.Drop(log.Segments[^1]));
        using RecordLog reopened = LogScript.Open(disk.AfterCrash(), 4096);
        Assert.Equal(LogScript.Range(first.LastSequence + 1, 299), LogScript.ReadAll(reopened));
    }

    [Fact]
    public void While_somebody_reads_through_the_log_nothing_is_taken_away()
    {
        using RecordLog log = LogScript.Open(new SimulatedDisk(), 4096);
        LogScript.Append(log, 0, 299);
        log.Sync();
        using (log.Scan(0))
        {
            Assert.False(log.Drop(log.Segments[0]));
            Assert.False(log.Compact([log.Segments[0]], _ => false));
        }

        Assert.Equal(LogScript.Range(0, 299), LogScript.ReadAll(log));
        Assert.True(log.Drop(log.Segments[0]));
    }

    [Fact]
    public void A_damaged_segment_is_not_rewritten_so_that_a_person_can_look_at_it()
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk, 4096);
        LogScript.Append(log, 0, 299);
        log.Sync();
        string path = log.Segments[0].Path;
        using (IDiskFile file = disk.Open(path, DiskOpen.ReadWrite)) file.Write(100, [1, 2, 3, 4]);
        byte[] before = disk.Get(path);
        Assert.False(log.Compact([.. log.Segments.Take(2)], _ => true));
        Assert.Equal(before, disk.Get(path));
    }

    [Fact]
    public void A_missing_or_foreign_index_is_made_again()
    {
        var disk = new SimulatedDisk();
        using (RecordLog log = LogScript.Open(disk, 4096))
        {
            LogScript.Append(log, 0, 299);
            log.Sync();
        }

        string index = LogScript.Directory + "/samples-0000000000000000.idx";
        byte[] whole = disk.Get(index);
        for (int damage = 0; damage < 3; damage++)
        {
            if (damage == 0) disk.Delete(index);
            else disk.Put(index, damage == 1 ? whole[..^5] : [.. whole[..20], 99, .. whole[21..]]);
            using RecordLog log = LogScript.Open(disk, 4096);
            Assert.Equal(LogScript.Range(0, 299), LogScript.ReadAll(log));
            Assert.Equal(LogScript.Payload(5), LogScript.Find(log, 5));
            Assert.Equal(whole, disk.Get(index));
        }
    }
}
