namespace SslAgent.Storage;

/// <summary>A compacted segment, written and synced under a temporary name, not yet in the place of what it replaces.</summary>
internal sealed record RewrittenSegment(string TemporaryPath, SegmentHeader Header, SparseIndex Index, long Bytes);

/// <summary>Writes the records to keep of some neighbouring segments into one new file.</summary>
internal static class SegmentRewriter
{
    private const int WriteBytes = 1 << 20;

    /// <summary>Null where one of them is damaged.</summary>
    public static RewrittenSegment? Run(
        IDisk disk, RecordLogSettings settings, Segment[] old, Func<LogRecord, bool> keep, TimeProvider time)
    {
        string path = old[0].Path + AtomicFile.TemporarySuffix;
        var header = new SegmentHeader(
            SegmentHeader.CurrentFormatVersion, settings.Tag, old[0].Header.FirstSequence, time.GetUtcNow().ToUnixTimeMilliseconds(),
            old.Max(segment => segment.Header.Generation) + 1,
            old.Max(segment => Math.Max(segment.Header.CoversTo, segment.Index.LastSequence)));
        var index = new SparseIndex();
        var pending = new PendingBytes();
        using IDiskFile target = disk.Open(path, DiskOpen.CreateEmpty);
        byte[] start = new byte[SegmentHeader.Bytes];
        header.Write(start);
        target.Write(0, start);
        long written = SegmentHeader.Bytes;
        foreach (Segment segment in old)
        {
            using var reader = new SegmentReader(segment.File(disk), SegmentHeader.Bytes, segment.Bytes, settings.RecordBytesMax);
            while (reader.MoveNext())
            {
                if (!keep(new LogRecord(reader.Header.Sequence, reader.Header.Kind, reader.Payload))) continue;
                index.Add(reader.Header.Sequence, written + pending.Length);
                // The file only ever appears whole, so every record vouches for all bytes before it.
                pending.AppendFrame(reader.Header.Sequence, (uint)(written + pending.Length), reader.Header.Kind, reader.Payload.Span);
                if (pending.Length >= WriteBytes) Flush(target, pending, ref written);
            }

            if (reader.Holes.Count > 0) return null;
        }

        Flush(target, pending, ref written);
        target.Sync();
        return new RewrittenSegment(path, header, index, written);
    }

    private static void Flush(IDiskFile target, PendingBytes pending, ref long written)
    {
        target.Write(written, pending.Span);
        written += pending.Length;
        pending.Clear();
    }
}
