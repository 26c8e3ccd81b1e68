namespace SslAgent.Storage.Tests.Support;

/// <summary>A file's content, now and on the medium. Guarded by the disk's lock.</summary>
internal sealed class SimulatedInode
{
    private const int SectorBytes = 512;

    // Sectors whose fsync failed: a kernel may take them for written from then on, so no later fsync brings them to the medium unless they are written again.
    private readonly HashSet<int> _forgotten = [];

    private byte[] _bytes = [];
    private byte[] _durable = [];

    public int Length { get; private set; }

    public byte[] Content() => _bytes[..Length];

    public int Read(long offset, Span<byte> buffer)
    {
        int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        _bytes.AsSpan((int)Math.Min(offset, Length), count).CopyTo(buffer);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Resize(Math.Max(Length, offset + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan((int)offset));
        for (int sector = (int)offset / SectorBytes; sector * SectorBytes < offset + bytes.Length; sector++) _forgotten.Remove(sector);
    }

    public void Resize(long bytes)
    {
        if (bytes > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Max(bytes, 2L * _bytes.Length));
        if (bytes < Length) _bytes.AsSpan((int)bytes, Length - (int)bytes).Clear();
        Length = (int)bytes;
        _forgotten.RemoveWhere(sector => sector * SectorBytes >= Length);
    }

    public void Sync()
    {
        byte[] synced = Content();
        foreach (Range range in _forgotten.Select(RangeOf))
        {
            Span<byte> left = synced.AsSpan(range), was = _durable.AsSpan(Math.Min(range.Start.Value, _durable.Length));
            left.Clear();
            was[..Math.Min(was.Length, left.Length)].CopyTo(left);
        }

        _durable = synced;
    }

    /// <summary>An fsync that failed: what was to be written is seen by readers until the next crash, and by nobody after it.</summary>
    public void FailSync()
    {
        for (int sector = 0; sector * SectorBytes < Length; sector++)
        {
            ReadOnlySpan<byte> now = _bytes.AsSpan(RangeOf(sector)), medium = _durable.AsSpan(Math.Min(sector * SectorBytes, _durable.Length));
            if (!now.SequenceEqual(medium[..Math.Min(medium.Length, now.Length)])) _forgotten.Add(sector);
        }
    }

    public SimulatedInode AfterCrash(Random? chance)
    {
        byte[] found = [.. _durable];
        if (chance is not null)
        {
            Array.Resize(ref found, chance.Next(3) switch { 0 => _durable.Length, 1 => Length, _ => chance.Next(Math.Min(_durable.Length, Length), Math.Max(_durable.Length, Length) + 1) });
            for (int start = 0; start < found.Length; start += SectorBytes)
            {
                int count = Math.Min(SectorBytes, Math.Min(found.Length, Length) - start);
                if (count > 0 && chance.Next(2) == 0) _bytes.AsSpan(start, count).CopyTo(found.AsSpan(start));
            }
        }

        var inode = new SimulatedInode();
        inode.Write(0, found);
        inode.Sync();
        return inode;
    }

    private Range RangeOf(int sector) => (sector * SectorBytes)..Math.Min((sector + 1) * SectorBytes, Length);
}
