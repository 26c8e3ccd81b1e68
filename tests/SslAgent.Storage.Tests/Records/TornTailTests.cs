using SslAgent.Storage.Tests.Support;

namespace SslAgent.Storage.Tests.Records;

/// <summary>A torn tail is cut; damage is told. The difference is what a later record vouches for.</summary>
public sealed class TornTailTests
{
    private const string Path = LogScript.Directory + "/samples-0000000000000000.seg";

    [Fact]
    public void Cut_at_any_byte_of_the_last_records_the_whole_ones_before_remain()
    {
        SimulatedDisk disk = DiskWith(groups: [20, 5]);
        byte[] whole = disk.Get(Path);
        int firstOfLastGroup = OffsetOf(disk, 20);
        for (int length = firstOfLastGroup; length <= whole.Length; length++)
        {
            disk.Put(Path, whole[..length]);
            using RecordLog log = LogScript.Open(disk);
            List<long> found = LogScript.ReadAll(log, 0, out var damaged);
            int expected = Enumerable.Range(0, 26).Last(count => count == 0 || OffsetOf(whole, count) <= length);
            Assert.Equal(LogScript.Range(0, expected - 1), found);
            Assert.Empty(damaged);
            Assert.Empty(log.Findings.Damaged);
            Assert.Equal(length - OffsetOf(whole, expected), log.Findings.CutBytes);
            disk.Put(Path, whole);
        }
    }

    [Fact]
    public void After_a_cut_the_log_goes_on_with_the_same_numbers()
    {
        SimulatedDisk disk = DiskWith(groups: [20, 5]);
        disk.Put(Path, disk.Get(Path)[..^3]);
        using RecordLog log = LogScript.Open(disk);
        LogScript.Append(log, 24, 40);
        log.Sync();
        Assert.Equal(LogScript.Range(0, 40), LogScript.ReadAll(log));
    }

    [Fact]
    public void Zeros_behind_the_end_are_a_torn_tail()
    {
        SimulatedDisk disk = DiskWith(groups: [20]);
        disk.Put(Path, [.. disk.Get(Path), .. new byte[4096]]);
        using RecordLog log = LogScript.Open(disk);
        Assert.Equal(4096, log.Findings.CutBytes);
        Assert.Empty(log.Findings.Damaged);
        Assert.Equal(LogScript.Range(0, 19), LogScript.ReadAll(log));
    }

    [Fact]
    public void A_hole_in_the_last_group_takes_the_rest_of_the_group_with_it()
    {
        // Sectors of one unsynced write may reach the disk in any order: what stands behind the hole was never acknowledged.
        SimulatedDisk disk = DiskWith(groups: [20, 5]);
        byte[] bytes = disk.Get(Path);
        bytes[OffsetOf(disk, 22) + 30] ^= 1;
        disk.Put(Path, bytes);
        using RecordLog log = LogScript.Open(disk);
        Assert.Equal(LogScript.Range(0, 21), LogScript.ReadAll(log));
        Assert.Empty(log.Findings.Damaged);
        Assert.True(log.Findings.CutBytes > 0);
    }

    [Fact]
    public void A_flipped_bit_before_the_last_group_is_damage_told_with_its_place_and_the_rest_is_read()
    {
        for (int at = SegmentHeader.Bytes, seed = 0; at < 3000; at += 61, seed++)
        {
            SimulatedDisk disk = DiskWith(groups: [40, 5]);
            byte[] bytes = disk.Get(Path);
            bytes[at] ^= (byte)(1 << (seed % 8));
            int victim = Enumerable.Range(0, 40).Last(record => OffsetOf(bytes.Length, record) <= at);
            disk.Put(Path, bytes);

            using RecordLog log = LogScript.Open(disk);

            List<long> found = LogScript.ReadAll(log, 0, out var damaged);
            Assert.Equal(LogScript.Range(0, 44).Where(sequence => sequence != victim), found);
            DamagedRange range = Assert.Single(log.Findings.Damaged);
            Assert.Equal((OffsetOf(bytes.Length, victim), OffsetOf(bytes.Length, victim + 1)), (range.From, range.To));
            Assert.Equal([range], damaged);
            Assert.Equal(0, log.Findings.CutBytes);
        }
    }

    [Fact]
    public void A_damaged_record_is_refused_when_it_is_read_by_number()
    {
        SimulatedDisk disk = DiskWith(groups: [40, 5]);
        using RecordLog log = LogScript.Open(disk);
        byte[] bytes = disk.Get(Path);
        bytes[OffsetOf(disk, 7) + RecordHeader.Bytes] ^= 4;
        using (IDiskFile file = disk.Open(Path, DiskOpen.ReadWrite)) file.Write(0, bytes);
        RecordDamagedException fault = Assert.Throws<RecordDamagedException>(() => LogScript.Find(log, 7));
        Assert.Equal((7, (long)OffsetOf(disk, 7)), (fault.Sequence, fault.Offset));
        Assert.Equal(LogScript.Payload(8), LogScript.Find(log, 8));
    }

    [Fact]
    public void A_damaged_header_of_a_segment_is_told_and_its_records_are_read()
    {
        SimulatedDisk disk = DiskWith(groups: [20, 5]);
        byte[] bytes = disk.Get(Path);
        bytes[9] ^= 2;
        disk.Put(Path, bytes);
        using RecordLog log = LogScript.Open(disk);
        Assert.Equal(new DamagedRange(Path, 0, SegmentHeader.Bytes), Assert.Single(log.Findings.Damaged));
        Assert.Equal(LogScript.Range(0, 24), LogScript.ReadAll(log));
    }

    [Fact]
    public void Damage_in_a_closed_segment_is_told_by_whoever_reads_it()
    {
        var disk = new SimulatedDisk();
        using (RecordLog log = LogScript.Open(disk, 4096))
        {
            LogScript.Append(log, 0, 99);
            log.Sync();
        }

        byte[] bytes = disk.Get(Path);
        bytes[SegmentHeader.Bytes + 4] ^= 0x40;
        disk.Put(Path, bytes);
        using RecordLog reopened = LogScript.Open(disk, 4096);
        List<long> found = LogScript.ReadAll(reopened, 0, out var damaged);
        Assert.Equal(LogScript.Range(1, 99), found);
        Assert.Equal((Path, (long)SegmentHeader.Bytes), (Assert.Single(damaged).Path, damaged[0].From));
    }

    private static SimulatedDisk DiskWith(int[] groups)
    {
        var disk = new SimulatedDisk();
        using RecordLog log = LogScript.Open(disk);
        long next = 0;
        foreach (int group in groups)
        {
            LogScript.Append(log, next, next + group - 1);
            log.Sync();
            next += group;
        }

        return disk;
    }

    private static int OffsetOf(SimulatedDisk disk, int record) => OffsetOf(disk.Get(Path).Length, record);

    private static int OffsetOf(byte[] whole, int record) => OffsetOf(whole.Length, record);

    /// <summary>Where a record stands; the one behind the last is the end of the file.</summary>
    private static int OffsetOf(int fileBytes, int record)
    {
        int at = SegmentHeader.Bytes;
        for (int i = 0; i < record; i++) at += RecordHeader.Bytes + LogScript.Payload(i).Length;
        return Math.Min(at, fileBytes);
    }
}
