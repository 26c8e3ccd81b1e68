namespace SslAgent.Storage;

/// <summary>What reading a whole log found.</summary>
/// <param name="Damaged">Each byte range that is not what was written.</param>
/// <param name="TailBytes">Bytes at the end that are not durable yet, or were torn by a crash: the next opening cuts them.</param>
public sealed record ScrubReport(int Segments, long Records, long Bytes, IReadOnlyList<DamagedRange> Damaged, long TailBytes);

/// <summary>
/// Reads every byte of a log and checks every checksum. Changes nothing; may run beside the log's owner, also from another process.
/// </summary>
public static class RecordLogScrub
{
    /// <param name="each">Told every record that is whole, in the order of the files, payload valid during the call; a crash in a compaction leaves some twice.</param>
    public static ScrubReport Run(IDisk disk, RecordLogSettings settings, CancellationToken cancellation, Action<LogRecord>? each = null)
    {
        var damaged = new List<DamagedRange>();
        long records = 0, bytes = 0, tail = 0;
        IEnumerable<string> entries = disk.List(settings.Directory).Select(entry => entry.Name);
        string[] names = [.. entries.Where(name => Segment.TryParse(settings, name, out _))];
        foreach (string name in names)
        {
            string path = Path.Combine(settings.Directory, name);
            using IDiskFile? file = TryOpen(disk, path);
            if (file is null) continue;
            long end = file.Length;
            bytes += end;
            if (!HasHeader(file)) damaged.Add(new DamagedRange(path, 0, Math.Min(end, SegmentHeader.Bytes)));
            using var reader = new SegmentReader(file, SegmentHeader.Bytes, end, settings.RecordBytesMax);
            long vouchedFor = 0;
            for (; reader.MoveNext(); records++)
            {
                cancellation.ThrowIfCancellationRequested();
                vouchedFor = Math.Max(vouchedFor, reader.Header.DurableBefore);
                each?.Invoke(new LogRecord(reader.Header.Sequence, reader.Header.Kind, reader.Payload));
            }

            int cut = name == names[^1] ? reader.Holes.ToList().FindIndex(hole => hole.From >= vouchedFor) : -1;
            if (cut >= 0) tail = end - reader.Holes[cut].From;
            IEnumerable<(long From, long To)> holes = cut >= 0 ? reader.Holes.Take(cut) : reader.Holes;
            damaged.AddRange(holes.Select(hole => new DamagedRange(path, hole.From, hole.To)));
        }

        return new ScrubReport(names.Length, records, bytes, damaged, tail);
    }

    /// <summary>Null where the owner has deleted the segment meanwhile.</summary>
    private static IDiskFile? TryOpen(IDisk disk, string path)
    {
        try
        {
            return disk.Open(path, DiskOpen.Read);
        }
        catch (StorageException fault) when (fault.Fault == StorageFault.NotFound)
        {
            return null;
        }
    }

    private static bool HasHeader(IDiskFile file)
    {
        Span<byte> start = stackalloc byte[SegmentHeader.Bytes];
        int read = file.Read(0, start);
        return SegmentHeader.TryRead(start[..read], out SegmentHeader header)
            && (header.FormatVersion <= SegmentHeader.CurrentFormatVersion
                ? true
                : throw new UnknownFormatException(file.Path, header.FormatVersion, SegmentHeader.CurrentFormatVersion));
    }
}
