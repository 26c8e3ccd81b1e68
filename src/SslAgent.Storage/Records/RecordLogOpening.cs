namespace SslAgent.Storage;

/// <summary>
/// Finds a log's segments at start: only the last one is read through (its tail may be torn); the others come with their index, and are
/// read through where that is missing. For the owner, what a crash left half done is tidied up; somebody who only reads passes over it and
/// changes nothing. Everything found is told.
/// </summary>
internal sealed class RecordLogOpening
{
    private readonly IDisk _disk;
    private readonly RecordLogSettings _settings;
    private readonly bool _isOwner;
    private readonly List<DamagedRange> _damaged = [];
    private readonly List<string> _notes = [];
    private long _cutBytes;
    private bool _namesChanged;

    private RecordLogOpening(IDisk disk, RecordLogSettings settings, bool isOwner)
    {
        _disk = disk;
        _settings = settings;
        _isOwner = isOwner;
    }

    public List<Segment> Segments { get; } = [];

    public long LastSequence => Segments.Count == 0 ? -1 : Segments[^1].Index.LastSequence;

    public LogFindings Findings => new(Segments.Count, Segments.Sum(segment => segment.Bytes), _cutBytes, _damaged, _notes);

    public static RecordLogOpening Run(IDisk disk, RecordLogSettings settings)
    {
        disk.CreateDirectory(settings.Directory);
        var opening = new RecordLogOpening(disk, settings, isOwner: true);
        opening.RemoveTemporaries();
        opening.OpenSegments();
        opening.ReopenLastForAppending();
        if (opening._namesChanged) disk.SyncDirectory(settings.Directory);
        return opening;
    }

    /// <summary>The same beside the log's owner: only looks.</summary>
    public static RecordLogOpening Look(IDisk disk, RecordLogSettings settings)
    {
        var opening = new RecordLogOpening(disk, settings, isOwner: false);
        opening.OpenSegments();
        return opening;
    }

    private void RemoveTemporaries()
    {
        foreach (DiskEntry entry in _disk.List(_settings.Directory))
        {
            if (!entry.Name.StartsWith(_settings.Prefix + "-", StringComparison.Ordinal)) continue;
            if (!entry.Name.EndsWith(Segment.Extension + AtomicFile.TemporarySuffix, StringComparison.Ordinal)) continue;
            Remove(Path.Combine(_settings.Directory, entry.Name), "an unfinished compaction");
        }
    }

    private void OpenSegments()
    {
        List<DiskEntry> files = [.. _disk.List(_settings.Directory).Where(entry => Segment.TryParse(_settings, entry.Name, out _))];
        long coveredTo = -1;
        for (int i = 0; i < files.Count; i++)
        {
            string path = Path.Combine(_settings.Directory, files[i].Name);
            Segment.TryParse(_settings, files[i].Name, out long first);
            if (first <= coveredTo)
            {
                Remove(path, "a segment that a compaction had replaced");
                continue;
            }

            Segment? segment = i == files.Count - 1 ? OpenLast(path, first) : OpenClosed(path, first);
            if (segment is null) continue;
            coveredTo = segment.Header.CoversTo;
            Segments.Add(segment);
        }
    }

    private Segment? OpenClosed(string path, long first)
    {
        using IDiskFile file = Open(path, DiskOpen.Read);
        long bytes = file.Length;
        SegmentHeader header = TryReadHeader(file) ?? DamagedHeader(path, first);
        byte[]? cached = AtomicFile.Read(_disk, Path.ChangeExtension(path, Segment.IndexExtension));
        SparseIndex? index = cached is null ? null : SparseIndex.Load(cached, bytes, header.Generation);
        if (index is null)
        {
            index = new SparseIndex();
            List<(long From, long To)> holes = ReadThrough(file, bytes, index, out _);
            _damaged.AddRange(holes.Select(hole => new DamagedRange(path, hole.From, hole.To)));
            // Damage is found again at each opening until somebody saw to it, so only whole segments get their index back.
            if (holes.Count == 0 && _isOwner) new Segment(path, header, index, bytes).SaveIndex(_disk);
        }

        Segment segment = new(path, header, index, bytes) { IsForeign = !_isOwner };
        if (index.Records > 0 || bytes > SegmentHeader.Bytes || header.CoversTo > 0) return segment;
        Remove(path, "a segment without records");
        return null;
    }

    private Segment? OpenLast(string path, long first)
    {
        IDiskFile file = Open(path, _isOwner ? DiskOpen.ReadWrite : DiskOpen.Read);
        try
        {
            SegmentHeader? header = TryReadHeader(file);
            SparseIndex index = CutTornTail(file, out long end, out List<(long From, long To)> holes);
            if (header is null && holes.Count == 0 && index.Records == 0 || header is { CoversTo: 0 } && end <= SegmentHeader.Bytes)
            {
                file.Dispose();
                Remove(path, "a segment that was begun and never written");
                return null;
            }

            foreach ((long from, long to) in holes) _damaged.Add(new DamagedRange(path, from, to));
            return new Segment(path, header ?? DamagedHeader(path, first), index, end, file) { IsForeign = !_isOwner };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Bytes that no later record vouches for never were durable: the log ends there. The owner cuts the file, and whatever stood behind goes with
    /// them; for a reader they may be what the owner is just writing.
    /// </summary>
    private SparseIndex CutTornTail(IDiskFile file, out long end, out List<(long From, long To)> holes)
    {
        var index = new SparseIndex();
        long length = end = file.Length;
        holes = ReadThrough(file, length, index, out long vouchedFor);
        int cut = holes.FindIndex(hole => hole.From >= vouchedFor);
        if (cut < 0) return index;
        end = holes[cut].From;
        if (_isOwner)
        {
            _cutBytes += length - end;
            file.SetLength(end);
            file.Sync();
        }

        index = new SparseIndex();
        holes = ReadThrough(file, end, index, out _);
        return index;
    }

    /// <summary>Where the file that looked last turned out to be nothing, the one before it is the one to append to.</summary>
    private void ReopenLastForAppending()
    {
        if (Segments.Count == 0 || Segments[^1].IsOpen) return;
        Segment last = Segments[^1];
        Segments[^1] = new Segment(last.Path, last.Header, last.Index, last.Bytes, _disk.Open(last.Path, DiskOpen.ReadWrite));
    }

    /// <summary>Null where the header is no header; a header of a newer format stops the opening before anything is touched.</summary>
    private SegmentHeader? TryReadHeader(IDiskFile file)
    {
        Span<byte> start = stackalloc byte[SegmentHeader.Bytes];
        int read = file.Read(0, start);
        if (!SegmentHeader.TryRead(start[..read], out SegmentHeader header)) return null;
        if (header.FormatVersion <= SegmentHeader.CurrentFormatVersion) return header;
        throw new UnknownFormatException(file.Path, header.FormatVersion, SegmentHeader.CurrentFormatVersion);
    }

    /// <summary>The name has all that reading needs.</summary>
    private SegmentHeader DamagedHeader(string path, long first)
    {
        _damaged.Add(new DamagedRange(path, 0, SegmentHeader.Bytes));
        return new SegmentHeader(SegmentHeader.CurrentFormatVersion, _settings.Tag, first, 0, 0, 0);
    }

    private List<(long From, long To)> ReadThrough(IDiskFile file, long end, SparseIndex index, out long vouchedFor)
    {
        using var reader = new SegmentReader(file, SegmentHeader.Bytes, end, _settings.RecordBytesMax);
        int holes = 0;
        vouchedFor = 0;
        while (reader.MoveNext())
        {
            if (reader.Holes.Count > holes) index.Gap();
            holes = reader.Holes.Count;
            vouchedFor = Math.Max(vouchedFor, reader.Header.DurableBefore);
            if (reader.Header.Sequence > index.LastSequence) index.Add(reader.Header.Sequence, reader.Offset);
        }

        return [.. reader.Holes];
    }

    private IDiskFile Open(string path, DiskOpen mode) => _isOwner ? _disk.Open(path, mode) : Segment.OpenForeign(_disk, path);

    private void Remove(string path, string what)
    {
        if (!_isOwner) return;
        _disk.Delete(path);
        _disk.Delete(Path.ChangeExtension(path, Segment.IndexExtension));
        _namesChanged = true;
        _notes.Add($"removed {path}: {what}");
    }
}
