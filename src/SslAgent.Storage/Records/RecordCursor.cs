namespace SslAgent.Storage;

/// <summary>
/// Reads a log's durable records in order, as they were when the cursor was made; later ones are not seen. While a cursor is open the log
/// deletes and compacts nothing, so dispose it soon. Not thread-safe.
/// </summary>
public sealed class RecordCursor : IDisposable
{
    private readonly IDisk _disk;
    private readonly RecordLogSettings _settings;
    private readonly (Segment Segment, long From, long To)[] _parts;
    private readonly long _fromSequence;
    private readonly bool _passesOver;
    private readonly Action _closed;
    private readonly List<DamagedRange> _damaged = [];

    private int _part = -1;
    private IDiskFile? _file;
    private SegmentReader? _reader;
    private long _last;
    private bool _isDisposed;

    /// <param name="passesOver">Whether what the medium refuses to read is damage too; else it is the caller's fault to see.</param>
    internal RecordCursor(
        IDisk disk, RecordLogSettings settings, (Segment Segment, long From, long To)[] parts, long fromSequence, bool passesOver, Action closed)
    {
        _disk = disk;
        _settings = settings;
        _parts = parts;
        _fromSequence = fromSequence;
        _passesOver = passesOver;
        _closed = closed;
        _last = fromSequence - 1;
    }

    public LogRecord Current { get; private set; }

    /// <summary>Damage met so far; whole once <see cref="MoveNext"/> has returned false.</summary>
    public IReadOnlyList<DamagedRange> Damaged => _damaged;

    public bool MoveNext()
    {
        while (true)
        {
            try
            {
                if (_reader is null && !OpenNext()) return false;
                if (MoveWithinPart()) return true;
            }
            catch (StorageException fault) when (_passesOver && fault.Fault is (StorageFault.Device or StorageFault.NotFound))
            {
                (Segment segment, long from, long to) = _parts[_part];
                _damaged.Add(new DamagedRange(segment.Path, _reader?.Offset ?? from, to));
            }

            Close();
        }
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Close();
        _closed();
    }

    private bool MoveWithinPart()
    {
        while (_reader!.MoveNext())
        {
            // A record out of order is a stale copy; the one that counts was read before it.
            if (_reader.Header.Sequence <= _last) continue;
            _last = _reader.Header.Sequence;
            Current = new LogRecord(_last, _reader.Header.Kind, _reader.Payload);
            return true;
        }

        return false;
    }

    private bool OpenNext()
    {
        if (_part + 1 >= _parts.Length) return false;
        (Segment segment, long from, long to) = _parts[++_part];
        _file = segment.Open(_disk);
        _reader = new SegmentReader(_file, from, Math.Min(to, _file.Length), _settings.RecordBytesMax);
        if (_file.Length < to) _damaged.Add(new DamagedRange(segment.Path, _file.Length, to));
        return true;
    }

    private void Close()
    {
        if (_reader is not null) _damaged.AddRange(_reader.Holes.Select(hole => new DamagedRange(_parts[_part].Segment.Path, hole.From, hole.To)));
        _reader?.Dispose();
        _file?.Dispose();
        (_reader, _file) = (null, null);
    }
}
