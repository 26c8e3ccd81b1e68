using System.Buffers.Binary;

namespace MessagePack;

/// <content>
/// Counts and lengths in front of arrays, maps and extensions. The plain members also demand that the bytes which remain can hold what
/// is announced, one byte a value at the least, so a caller may size an array by what they return.
/// </content>
public ref partial struct MessagePackReader
{
    private const int HeaderBytesMax = 6;

    public int ReadArrayHeader()
    {
        ThrowIfShort(TryReadArrayHeader(out int count));
        ThrowIfShort(_reader.Remaining >= count);
        return count;
    }

    /// <returns>Whether the whole header was there. What it announces may lie beyond the end.</returns>
    public bool TryReadArrayHeader(out int count) =>
        TryReadCount(MessagePackCode.MinFixArray, MessagePackCode.Array16, MessagePackCode.Array32, out count);

    /// <returns>Pairs of key and value.</returns>
    public int ReadMapHeader()
    {
        ThrowIfShort(TryReadMapHeader(out int count));
        ThrowIfShort(_reader.Remaining >= 2L * count);
        return count;
    }

    /// <inheritdoc cref="TryReadArrayHeader" path="/returns"/>
    public bool TryReadMapHeader(out int count) =>
        TryReadCount(MessagePackCode.MinFixMap, MessagePackCode.Map16, MessagePackCode.Map32, out count);

    public ExtensionHeader ReadExtensionFormatHeader()
    {
        ThrowIfShort(TryReadExtensionFormatHeader(out ExtensionHeader header));
        ThrowIfShort(_reader.Remaining >= header.Length);
        return header;
    }

    /// <inheritdoc cref="TryReadArrayHeader" path="/returns"/>
    public bool TryReadExtensionFormatHeader(out ExtensionHeader extensionHeader)
    {
        extensionHeader = default;
        if (_reader.Remaining < 2 || !_reader.TryPeek(out byte code)) return false;
        int lengthBytes = code switch
        {
            MessagePackCode.Ext8 => 1,
            MessagePackCode.Ext16 => 2,
            MessagePackCode.Ext32 => 4,
            >= MessagePackCode.FixExt1 and <= MessagePackCode.FixExt16 => 0,
            _ => throw Unexpected(code),
        };
        ReadOnlySpan<byte> token = Peek(2 + lengthBytes, stackalloc byte[HeaderBytesMax]);
        if (token.IsEmpty) return false;
        uint length = lengthBytes == 0 ? 1u << (code - MessagePackCode.FixExt1) : ReadLength(token.Slice(1, lengthBytes));
        extensionHeader = new ExtensionHeader((sbyte)token[^1], length);
        _reader.Advance(token.Length);
        return true;
    }

    /// <param name="fix">The first of sixteen codes that carry the count themselves.</param>
    private bool TryReadCount(byte fix, byte code16, byte code32, out int count)
    {
        count = 0;
        if (!_reader.TryPeek(out byte code)) return false;
        int lengthBytes = code == code16 ? 2 : code == code32 ? 4 : (code & 0xf0) == fix ? 0 : throw Unexpected(code);
        ReadOnlySpan<byte> token = Peek(1 + lengthBytes, stackalloc byte[HeaderBytesMax]);
        if (token.IsEmpty) return false;
        count = lengthBytes == 0 ? code & 0x0f : checked((int)ReadLength(token[1..]));
        _reader.Advance(token.Length);
        return true;
    }

    private static uint ReadLength(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        1 => bytes[0],
        2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
    };
}
