using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace MessagePack;

/// <summary>
/// Reads MessagePack from memory, front to back. Names, signatures and exceptions are those of the MessagePack package (3.1.8), so that
/// code compiles unchanged against either. A mutable struct on the stack: pass it by reference, copy it to look ahead.
/// Safe on bytes of any origin: no declared length or count is believed before as many bytes are there, nothing recurses, nothing is
/// allocated but the strings that are returned.
/// </summary>
/// <remarks>
/// Every reading member throws <see cref="EndOfStreamException"/> where bytes are missing, <see cref="MessagePackSerializationException"/>
/// for a code of another type, <see cref="OverflowException"/> for a number or length that does not fit what is returned. Where the reader
/// stands after an exception is not stated.
/// </remarks>
public ref partial struct MessagePackReader
{
    private SequenceReader<byte> _reader;

    public MessagePackReader(ReadOnlyMemory<byte> memory)
        : this(new ReadOnlySequence<byte>(memory))
    {
    }

    public MessagePackReader(scoped in ReadOnlySequence<byte> readOnlySequence)
    {
        _reader = new SequenceReader<byte>(readOnlySequence);
    }

    public CancellationToken CancellationToken { get; set; }

    /// <summary>How deep the value being read is nested, as its reader counts it (<see cref="MessagePackSecurity.DepthStep"/>).</summary>
    public int Depth { get; set; }

    public readonly ReadOnlySequence<byte> Sequence => _reader.Sequence;

    public readonly SequencePosition Position => _reader.Position;

    /// <summary>Bytes read so far.</summary>
    public readonly long Consumed => _reader.Consumed;

    public readonly bool End => _reader.End;

    public readonly bool IsNil => NextCode == MessagePackCode.Nil;

    public readonly MessagePackType NextMessagePackType => MessagePackCode.ToMessagePackType(NextCode);

    public readonly byte NextCode
    {
        get
        {
            ThrowIfShort(_reader.TryPeek(out byte code));
            return code;
        }
    }

    /// <summary>A reader with the same settings over other bytes.</summary>
    public MessagePackReader Clone(scoped in ReadOnlySequence<byte> readOnlySequence) =>
        new(readOnlySequence) { CancellationToken = CancellationToken, Depth = Depth };

    /// <summary>A second reader at the same position, to look ahead with.</summary>
    public MessagePackReader CreatePeekReader() => this;

    public Nil ReadNil()
    {
        ThrowIfShort(_reader.TryRead(out byte code));
        return code == MessagePackCode.Nil ? Nil.Default : throw Unexpected(code);
    }

    public bool TryReadNil()
    {
        if (NextCode != MessagePackCode.Nil) return false;
        _reader.Advance(1);
        return true;
    }

    public bool ReadBoolean()
    {
        ThrowIfShort(_reader.TryRead(out byte code));
        return code switch
        {
            MessagePackCode.True => true,
            MessagePackCode.False => false,
            _ => throw Unexpected(code),
        };
    }

    /// <summary>
    /// The first <paramref name="size"/> unread bytes, without reading them: in place where they lie together, else copied to
    /// <paramref name="scratch"/>. Empty where there are fewer.
    /// </summary>
    private readonly ReadOnlySpan<byte> Peek(int size, Span<byte> scratch)
    {
        ReadOnlySpan<byte> unread = _reader.UnreadSpan;
        if (unread.Length >= size) return unread[..size];
        return _reader.TryCopyTo(scratch[..size]) ? scratch[..size] : default;
    }

    private static void ThrowIfShort([DoesNotReturnIf(false)] bool enough)
    {
        if (!enough) throw Short();
    }

    private static EndOfStreamException Short() => new("The MessagePack value ends before its last byte.");

    private static MessagePackSerializationException Unexpected(byte code) =>
        new($"Unexpected msgpack code {code} ({MessagePackCode.ToFormatName(code)}) encountered.");
}
