namespace SslAgent.Storage;

/// <summary>What reading a whole log found.</summary>
/// <param name="TailBytes">Bytes at the end that no record vouches for: being written just now, or torn by a crash. No damage.</param>
/// <param name="Damaged">Bytes that had been durable and are unreadable now.</param>
public sealed record LogInspection(int Segments, long Records, long Bytes, long TailBytes, IReadOnlyList<DamagedRange> Damaged);

/// <summary>
/// Reads a log from its first byte to its last and changes nothing: also beside a process that is appending to it. Segments that are deleted
/// meanwhile are passed over.
/// </summary>
public static class RecordLogInspection
{
    /// <param name="each">Told every record in order; its payload is valid during the call. Returns whether it could make sense of it.</param>
    public static LogInspection Run(IDisk disk, RecordLogSettings settings, Func<LogRecord, bool> each, CancellationToken cancellation)
    {
        List<DamagedRange> damaged = [];
        int segments = 0;
        long records = 0, bytes = 0, tail = 0, last = -1, coveredTo = -1;
        DiskEntry[] files = [.. disk.List(settings.Directory).Where(entry => !entry.IsDirectory && Segment.TryParse(settings, entry.Name, out _))];
        foreach (DiskEntry entry in files)
        {
            cancellation.ThrowIfCancellationRequested();
            Segment.TryParse(settings, entry.Name, out long first);
            if (first <= coveredTo) continue; // A compaction had replaced it; the next opening removes it.
            using IDiskFile? file = TryOpen(disk, Path.Combine(settings.Directory, entry.Name));
            if (file is null) continue;
            long end = file.Length;
            coveredTo = ReadHeader(file, damaged).CoversTo;
            using SegmentReader reader = new(file, SegmentHeader.Bytes, end, settings.RecordBytesMax);
            long vouchedFor = 0;
            while (reader.MoveNext())
            {
                cancellation.ThrowIfCancellationRequested();
                vouchedFor = Math.Max(vouchedFor, reader.Header.DurableBefore);
                if (reader.Header.Sequence <= last) continue; // A stale copy.
                last = reader.Header.Sequence;
                records++;
                if (!each(new LogRecord(last, reader.Header.Kind, reader.Payload)))
                    damaged.Add(new DamagedRange(file.Path, reader.Offset, reader.Offset + reader.Header.FrameBytes));
            }

            bool isLast = ReferenceEquals(entry, files[^1]);
            foreach ((long from, long to) in reader.Holes)
            {
                if (isLast && from >= vouchedFor) tail += to - from;
                else damaged.Add(new DamagedRange(file.Path, from, to));
            }

            segments++;
            bytes += end;
        }

        return new LogInspection(segments, records, bytes, tail, damaged);
    }

    private static IDiskFile? TryOpen(IDisk disk, string path)
    {
        try
        {
            return disk.Open(path, DiskOpen.Read);
        }
        catch (StorageException gone) when (gone.Fault == StorageFault.NotFound)
        {
            return null;
        }
    }

    private static SegmentHeader ReadHeader(IDiskFile file, List<DamagedRange> damaged)
    {
        Span<byte> start = stackalloc byte[SegmentHeader.Bytes];
        int read = file.Read(0, start);
        if (!SegmentHeader.TryRead(start[..read], out SegmentHeader header)) damaged.Add(new DamagedRange(file.Path, 0, SegmentHeader.Bytes));
        else if (header.FormatVersion > SegmentHeader.CurrentFormatVersion)
            throw new UnknownFormatException(file.Path, header.FormatVersion, SegmentHeader.CurrentFormatVersion);
        return header;
    }
}
