using System.Buffers;
using System.Text;

namespace MessagePack;

/// <content>Strings, binaries and extensions. Sequences and spans are slices of what is being read, valid as long as that is.</content>
public ref partial struct MessagePackReader
{
    /// <summary>A string, or null for nil. Invalid UTF-8 becomes U+FFFD.</summary>
    public string? ReadString() => ReadStringSequence() is { } utf8 ? Encoding.UTF8.GetString(utf8) : null;

    /// <summary>The string's UTF-8 bytes, or null for nil.</summary>
    public ReadOnlySequence<byte>? ReadStringSequence()
    {
        if (TryReadNil()) return null;
        ThrowIfShort(TryPeekStringLength(out uint length, out int headerBytes));
        return ReadSlice(headerBytes, length);
    }

    /// <summary>The string's UTF-8 bytes where they lie together; false, with nothing read, for nil and for bytes in several segments.</summary>
    public bool TryReadStringSpan(out ReadOnlySpan<byte> span)
    {
        span = default;
        if (IsNil) return false;
        ThrowIfShort(TryPeekStringLength(out uint length, out int headerBytes));
        ThrowIfShort(_reader.Remaining >= headerBytes + (long)length);
        int count = checked((int)length);
        MessagePackReader start = this;
        _reader.Advance(headerBytes);
        if (_reader.UnreadSpan.Length < count)
        {
            this = start;
            return false;
        }

        span = _reader.UnreadSpan[..count];
        _reader.Advance(count);
        return true;
    }

    /// <summary>A binary, or a string (which older writers use for binaries), or null for nil.</summary>
    public ReadOnlySequence<byte>? ReadBytes()
    {
        if (TryReadNil()) return null;
        ThrowIfShort(TryPeekBytesLength(out uint length, out int headerBytes));
        return ReadSlice(headerBytes, length);
    }

    public ExtensionResult ReadExtensionFormat()
    {
        MessagePackReader ahead = this;
        ExtensionHeader header = ahead.ReadExtensionFormatHeader();
        return new ExtensionResult(header.TypeCode, ReadSlice((int)(ahead.Consumed - Consumed), header.Length));
    }

    /// <summary>The next <paramref name="length"/> bytes as they are.</summary>
    public ReadOnlySequence<byte> ReadRaw(long length)
    {
        ThrowIfShort(length >= 0 && _reader.Remaining >= length);
        return ReadSlice(0, length);
    }

    /// <summary>The next value, whatever it is, as its bytes.</summary>
    public ReadOnlySequence<byte> ReadRaw()
    {
        SequencePosition start = Position;
        Skip();
        return Sequence.Slice(start, Position);
    }

    private ReadOnlySequence<byte> ReadSlice(int headerBytes, long length)
    {
        ThrowIfShort(_reader.Remaining >= headerBytes + length);
        _reader.Advance(headerBytes);
        ReadOnlySequence<byte> slice = _reader.Sequence.Slice(_reader.Position, length);
        _reader.Advance(length);
        return slice;
    }

    private readonly bool TryPeekBytesLength(out uint length, out int headerBytes)
    {
        int lengthBytes = _reader.TryPeek(out byte code) ? code switch
        {
            MessagePackCode.Bin8 => 1,
            MessagePackCode.Bin16 => 2,
            MessagePackCode.Bin32 => 4,
            _ => 0,
        }
        : 0;
        return lengthBytes == 0
            ? TryPeekStringLength(out length, out headerBytes)
            : TryPeekLength(lengthBytes, out length, out headerBytes);
    }

    private readonly bool TryPeekStringLength(out uint length, out int headerBytes)
    {
        length = 0;
        headerBytes = 1;
        if (!_reader.TryPeek(out byte code)) return false;
        if (code is >= MessagePackCode.MinFixStr and <= MessagePackCode.MaxFixStr)
        {
            length = code & 0x1fu;
            return true;
        }

        int lengthBytes = code switch
        {
            MessagePackCode.Str8 => 1,
            MessagePackCode.Str16 => 2,
            MessagePackCode.Str32 => 4,
            _ => throw Unexpected(code),
        };
        return TryPeekLength(lengthBytes, out length, out headerBytes);
    }

    private readonly bool TryPeekLength(int lengthBytes, out uint length, out int headerBytes)
    {
        headerBytes = 1 + lengthBytes;
        ReadOnlySpan<byte> token = Peek(headerBytes, stackalloc byte[HeaderBytesMax]);
        length = token.IsEmpty ? 0 : ReadLength(token[1..]);
        return !token.IsEmpty;
    }
}
