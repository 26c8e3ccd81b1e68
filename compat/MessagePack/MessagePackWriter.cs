using System.Buffers;

namespace MessagePack;

/// <summary>
/// Writes MessagePack, each value in its shortest form. Names and signatures are those of the MessagePack package (3.1.8).
/// A mutable struct on the stack: pass it by reference, and call <see cref="Flush"/> at the end, before which nothing may have arrived.
/// </summary>
public ref partial struct MessagePackWriter
{
    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _pending;

    public MessagePackWriter(IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _output = writer;
        _span = default;
        _pending = 0;
    }

    public CancellationToken CancellationToken { get; set; }

    /// <summary>A writer with the same settings to another place.</summary>
    public readonly MessagePackWriter Clone(IBufferWriter<byte> writer) => new(writer) { CancellationToken = CancellationToken };

    /// <summary>Hands over everything written so far.</summary>
    public void Flush()
    {
        if (_pending > 0) _output.Advance(_pending);
        _pending = 0;
        _span = default;
    }

    public void WriteNil() => WriteByte(MessagePackCode.Nil);

    public void Write(bool value) => WriteByte(value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>Bytes that are MessagePack already, or the content behind a header.</summary>
    public void WriteRaw(ReadOnlySpan<byte> rawMessagePackBlock)
    {
        rawMessagePackBlock.CopyTo(GetSpan(rawMessagePackBlock.Length));
        Advance(rawMessagePackBlock.Length);
    }

    /// <inheritdoc cref="WriteRaw(ReadOnlySpan{byte})"/>
    public void WriteRaw(in ReadOnlySequence<byte> rawMessagePackBlock)
    {
        foreach (ReadOnlyMemory<byte> segment in rawMessagePackBlock) WriteRaw(segment.Span);
    }

    /// <summary>Room for at least <paramref name="length"/> bytes, to be filled and then counted by <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int length)
    {
        if (_span.Length - _pending < Math.Max(length, 1))
        {
            Flush();
            _span = _output.GetSpan(Math.Max(length, 1));
        }

        return _span[_pending..];
    }

    public void Advance(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _span.Length - _pending);
        _pending += length;
    }

    private void WriteByte(byte value)
    {
        GetSpan(1)[0] = value;
        _pending++;
    }
}
