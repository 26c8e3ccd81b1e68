namespace SslAgent.Storage;

/// <summary>
/// An append-only log of numbered records in segment files <c>DIRECTORY/PREFIX-SEQUENCE.seg</c> (and <c>.idx</c> beside each closed one, a
/// cache that may be deleted). Sequences rise; gaps are the caller's business. Byte format: docs/formats/journal.md.
/// <para>Appending only buffers; <see cref="Sync"/> writes and fsyncs. A failed sync loses nothing and may be repeated: the bytes are
/// kept until they are durable, and whatever the failure left in the file is cut off first.</para>
/// One thread appends at a time; any thread may sync, read and scan. Whoever opened it disposes it (which does not sync).
/// </summary>
public sealed partial class RecordLog : IDisposable
{
    // Handles of closed segments kept open for reading.
    private const int OpenSegmentsMax = 128;

    private readonly IDisk _disk;
    private readonly TimeProvider _time;
    private readonly bool _isOwner;

    // Order of locks: _io (whoever changes files), then _gate (buffers and the list of segments; never held during I/O).
    private readonly Lock _io = new();
    private readonly Lock _gate = new();
    private readonly ReaderWriterLockSlim _handles = new();

    private Segment[] _segments;
    private PendingBytes _pending = new();
    private PendingBytes _inFlight = new();
    private bool _tailIsDirty;
    private bool _mustRoll;
    private long _lastDurable;
    private int _cursors;

    private RecordLog(IDisk disk, RecordLogSettings settings, TimeProvider time, RecordLogOpening opening, bool isOwner)
    {
        _disk = disk;
        _time = time;
        _isOwner = isOwner;
        _segments = [.. opening.Segments];
        Settings = settings;
        Findings = opening.Findings;
        LastSequence = _lastDurable = opening.LastSequence;
    }

    public RecordLogSettings Settings { get; }

    public LogFindings Findings { get; }

    /// <summary>Of the last record appended, durable or not; -1 where there is none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Bytes that the next sync has to write.</summary>
    public long PendingBytes
    {
        get
        {
            lock (_gate) return _pending.Length + _inFlight.Length;
        }
    }

    /// <summary>Durable bytes in all segments.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate) return _segments.Sum(segment => segment.Bytes);
        }
    }

    public IReadOnlyList<SegmentInfo> Segments
    {
        get
        {
            lock (_gate) return [.. _segments.Select((segment, i) => segment.Info(isSealed: i < _segments.Length - 1))];
        }
    }

    /// <summary>Opens or begins a log: cuts a torn tail, finds damage, tidies up what a crash left half done.</summary>
    public static RecordLog Open(IDisk disk, RecordLogSettings settings, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.SegmentBytes, RecordLogSettings.SegmentBytesLimit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.RecordBytesMax, RecordLogSettings.RecordBytesLimit);
        return new RecordLog(disk, settings, time, RecordLogOpening.Run(disk, settings), isOwner: true);
    }

    /// <summary>
    /// Opens a log that another process may be writing, as it is now: nothing is written, a torn or growing tail is simply the end. Appending and
    /// upkeep are refused; reading throws <see cref="RecordLogChangedException"/> where the owner has meanwhile taken away what is to be read.
    /// </summary>
    public static RecordLog OpenToRead(IDisk disk, RecordLogSettings settings, TimeProvider time) =>
        new(disk, settings, time, RecordLogOpening.Look(disk, settings), isOwner: false);

    /// <summary>
    /// Buffers a record. Throws <see cref="StorageException"/> only where a new segment has to be begun, and then nothing was appended.
    /// </summary>
    public void Append(long sequence, ushort kind, ReadOnlySpan<byte> payload)
    {
        RequireOwner();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(sequence, LastSequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, Settings.RecordBytesMax);
        if (NeedsNewSegment(RecordHeader.Bytes + payload.Length)) Roll(sequence);
        lock (_gate)
        {
            Segment active = _segments[^1];
            active.Index.Add(sequence, LogicalBytes_NeedsLock());
            _pending.AppendFrame(sequence, (uint)active.Bytes, kind, payload);
            LastSequence = sequence;
        }
    }

    /// <summary>
    /// Makes everything appended so far durable. After a <see cref="StorageException"/> it may be tried again, now or later.
    /// </summary>
    public void Sync()
    {
        lock (_io) Sync_NeedsLock();
    }

    /// <summary>
    /// Takes back what was appended and is not durable. Only for a caller who tells nobody about a record before its sync.
    /// </summary>
    public void Withdraw()
    {
        lock (_io)
            lock (_gate)
            {
                int withdrawn = _pending.Records + _inFlight.Records;
                if (withdrawn == 0) return;
                _pending.Clear();
                _inFlight.Clear();
                _tailIsDirty = true;
                Segment active = _segments[^1];
                active.Index.CutBack(active.Bytes, withdrawn, _lastDurable);
                LastSequence = _lastDurable;
            }
    }

    public void Dispose()
    {
        lock (_io)
        {
            foreach (Segment segment in _segments) segment.Dispose();
            _handles.Dispose();
        }
    }

    private void RequireOwner()
    {
        if (!_isOwner) throw new InvalidOperationException($"the log in {Settings.Directory} was opened to be read");
    }

    private bool NeedsNewSegment(int frameBytes)
    {
        lock (_gate)
        {
            if (_mustRoll || _segments.Length == 0) return true;
            long bytes = LogicalBytes_NeedsLock();
            return bytes + frameBytes > Settings.SegmentBytes && bytes > SegmentHeader.Bytes;
        }
    }

    private long LogicalBytes_NeedsLock() => _segments[^1].Bytes + _inFlight.Length + _pending.Length;

    private void Roll(long firstSequence)
    {
        lock (_io)
        {
            Sync_NeedsLock();
            // From here on nothing may be appended to the old segment any more, also where this attempt fails.
            _mustRoll = true;
            string path = Segment.PathOf(Settings, firstSequence);
            var header = new SegmentHeader(
                SegmentHeader.CurrentFormatVersion, Settings.Tag, firstSequence, _time.GetUtcNow().ToUnixTimeMilliseconds(), 0, 0);
            IDiskFile file = CreateSegment(path, header);
            Segment? closed = _segments.Length > 0 ? _segments[^1] : null;
            lock (_gate) _segments = [.. _segments, new Segment(path, header, new SparseIndex(), SegmentHeader.Bytes, file)];
            _mustRoll = false;
            if (closed is not null) closed.SaveIndex(_disk);
        }
    }

    private IDiskFile CreateSegment(string path, SegmentHeader header)
    {
        Span<byte> start = stackalloc byte[SegmentHeader.Bytes];
        header.Write(start);
        IDiskFile file = _disk.Open(path, DiskOpen.CreateEmpty);
        try
        {
            file.Write(0, start);
            file.Sync();
            _disk.SyncDirectory(Settings.Directory);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Sync_NeedsLock()
    {
        while (true)
        {
            Segment active;
            lock (_gate)
            {
                // Frames of a sync that failed are written first: they stand before the newer ones.
                if (_inFlight.Length == 0) (_inFlight, _pending) = (_pending, _inFlight);
                if (_segments.Length == 0 || (_inFlight.Length == 0 && !_tailIsDirty)) return;
                active = _segments[^1];
            }

            WriteInFlight(active);
        }
    }

    private void WriteInFlight(Segment active)
    {
        IDiskFile file = active.File(_disk);
        if (_tailIsDirty)
        {
            file.SetLength(active.Bytes);
            file.Sync();
            _tailIsDirty = false;
        }

        if (_inFlight.Length == 0) return;
        _tailIsDirty = true;
        file.Write(active.Bytes, _inFlight.Span);
        file.Sync();
        _tailIsDirty = false;
        lock (_gate)
        {
            active.Bytes += _inFlight.Length;
            _lastDurable = _inFlight.LastSequence;
            _inFlight.Clear();
        }
    }
}
