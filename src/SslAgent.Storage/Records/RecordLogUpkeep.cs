namespace SslAgent.Storage;

/// <summary>Upkeep: what keeps old survivors from pinning the disk.</summary>
public sealed partial class RecordLog
{
    /// <summary>
    /// Makes everything durable and begins a new segment, so that all there is so far can be dropped or compacted. Nothing happens while the last segment is
    /// empty.
    /// </summary>
    /// <param name="nextSequence">At most the number of the next record.</param>
    public void CloseLast(long nextSequence)
    {
        RequireOwner();
        lock (_gate)
        {
            if (_segments.Length == 0 || _segments[^1].Index.Records == 0) return;
        }

        Roll(nextSequence);
    }

    /// <summary>Deletes a closed segment that nothing needs any more. False while a cursor is open: try again later.</summary>
    public bool Drop(SegmentInfo info)
    {
        RequireOwner();
        lock (_io)
        {
            Segment segment = Closed(info);
            if (!Exchange([segment], null)) return false;
            DeleteFiles(segment);
            _disk.SyncDirectory(Settings.Directory);
            return true;
        }
    }

    /// <summary>
    /// Rewrites neighbouring closed segments as one, with only the records to keep; their numbers stay. A crash in between leaves either
    /// state, or leftovers that the next opening tidies up. False while a cursor is open, or where a segment is damaged: its bytes stay
    /// for a person to look at.
    /// </summary>
    public bool Compact(IReadOnlyList<SegmentInfo> infos, Func<LogRecord, bool> keep)
    {
        RequireOwner();
        lock (_io)
        {
            Segment[] old = [.. infos.Select(Closed)];
            RewrittenSegment? rewritten = SegmentRewriter.Run(_disk, Settings, old, keep, _time);
            if (rewritten is null || !Exchange(old, rewritten))
            {
                _disk.Delete(old[0].Path + AtomicFile.TemporarySuffix);
                return false;
            }

            _disk.SyncDirectory(Settings.Directory);
            foreach (Segment segment in old.Skip(1)) DeleteFiles(segment);
            _disk.SyncDirectory(Settings.Directory);
            return true;
        }
    }

    private Segment Closed(SegmentInfo info)
    {
        lock (_gate)
        {
            int at = Array.FindIndex(_segments, segment => segment.Path == info.Path);
            return at >= 0 && at < _segments.Length - 1
                ? _segments[at]
                : throw new ArgumentException($"{info.Path} is no closed segment of this log", nameof(info));
        }
    }

    /// <summary>Puts a rewritten segment, or none, in the place of others, unless somebody is reading through them.</summary>
    private bool Exchange(Segment[] old, RewrittenSegment? rewritten)
    {
        _handles.EnterWriteLock();
        try
        {
            lock (_gate)
            {
                int at = Array.IndexOf(_segments, old[0]);
                if (_cursors > 0 || !_segments.AsSpan(at, Math.Min(old.Length, _segments.Length - at)).SequenceEqual(old)) return false;
                Segment[] added = [];
                if (rewritten is not null)
                {
                    _disk.Rename(rewritten.TemporaryPath, old[0].Path);
                    added = [new Segment(old[0].Path, rewritten.Header, rewritten.Index, rewritten.Bytes)];
                    added[0].SaveIndex(_disk);
                }

                _segments = [.. _segments[..at], .. added, .. _segments[(at + old.Length)..]];
                foreach (Segment segment in old) segment.Dispose();
                return true;
            }
        }
        finally
        {
            _handles.ExitWriteLock();
        }
    }

    private void DeleteFiles(Segment segment)
    {
        _disk.Delete(segment.Path);
        _disk.Delete(segment.IndexPath);
    }
}
