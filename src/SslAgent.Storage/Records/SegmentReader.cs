using System.Buffers;

namespace SslAgent.Storage;

/// <summary>
/// Reads one segment's records in file order, checking every checksum. Where bytes are no record it looks for the next marker
/// behind which a whole record stands, and notes the bytes passed over as a hole. Does not own the file.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly IDiskFile _file;
    private readonly long _end;
    private readonly int _payloadBytesMax;
    private readonly List<(long From, long To)> _holes = [];

    private byte[] _buffer;
    private long _bufferAt;
    private int _buffered;
    private long _next;

    /// <param name="from">Offset of a record (or of the first one).</param>
    /// <param name="end">Offset behind the last byte to look at.</param>
    public SegmentReader(IDiskFile file, long from, long end, int payloadBytesMax)
    {
        _file = file;
        _end = end;
        _payloadBytesMax = payloadBytesMax;
        _next = _bufferAt = from;
        _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    }

    public RecordHeader Header { get; private set; }

    /// <summary>Offset of the current record's frame.</summary>
    public long Offset { get; private set; }

    /// <summary>The current record's payload, valid until the next move.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    public IReadOnlyList<(long From, long To)> Holes => _holes;

    public bool MoveNext()
    {
        if (_next >= _end) return false;
        if (TryFrameAt(_next)) return true;
        return Resynchronise(_next);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private bool Resynchronise(long damaged)
    {
        for (long at = damaged + 1; at + RecordHeader.Bytes <= _end;)
        {
            ReadOnlySpan<byte> bytes = Window(at, RecordHeader.Bytes);
            int marker = bytes.IndexOf("SLR1"u8);
            if (marker < 0)
            {
                // The last three bytes may begin a marker that the next window completes.
                at += Math.Max(1, bytes.Length - 3);
                continue;
            }

            at += marker;
            if (TryFrameAt(at))
            {
                _holes.Add((damaged, at));
                return true;
            }

            at++;
        }

        _holes.Add((damaged, _end));
        _next = _end;
        return false;
    }

    private bool TryFrameAt(long at)
    {
        if (!RecordHeader.TryRead(Window(at, RecordHeader.Bytes), _payloadBytesMax, out RecordHeader header)) return false;
        if (at + header.FrameBytes > _end) return false;
        ReadOnlySpan<byte> frame = Window(at, header.FrameBytes);
        if (frame.Length < header.FrameBytes || !header.Vouches(frame)) return false;
        Header = header;
        Offset = at;
        Payload = _buffer.AsMemory((int)(at - _bufferAt) + RecordHeader.Bytes, header.PayloadBytes);
        _next = at + header.FrameBytes;
        return true;
    }

    /// <summary>What is buffered from an offset on: at least the bytes asked for, unless the segment ends before.</summary>
    private ReadOnlySpan<byte> Window(long at, int bytes)
    {
        long wanted = Math.Min(bytes, _end - at);
        if (at < _bufferAt || at + wanted > _bufferAt + _buffered) Fill(at, bytes);
        return _buffer.AsSpan((int)(at - _bufferAt), (int)(_bufferAt + _buffered - at));
    }

    private void Fill(long at, int bytes)
    {
        if (bytes > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        }

        _bufferAt = at;
        _buffered = _file.Read(at, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, _end - at)));
    }
}
