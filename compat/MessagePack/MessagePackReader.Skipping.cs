namespace MessagePack;

/// <content>
/// Passing over a value without reading it. It counts the values still to pass instead of descending into them, so no nesting, however
/// deep, costs stack; and it ends at the last byte, since each value passed has at least one.
/// </content>
public ref partial struct MessagePackReader
{
    public void Skip()
    {
        long values = 1;
        while (values > 0)
        {
            values--;
            values += SkipOne();
        }
    }

    /// <summary>Passes over one value, or over the header of an array or map.</summary>
    /// <returns>The values that are inside it and still to be passed.</returns>
    private long SkipOne()
    {
        switch (NextMessagePackType)
        {
            case MessagePackType.Array:
                ThrowIfShort(TryReadArrayHeader(out int items));
                return items;
            case MessagePackType.Map:
                ThrowIfShort(TryReadMapHeader(out int pairs));
                return 2L * pairs;
            case MessagePackType.String:
            case MessagePackType.Binary:
                ThrowIfShort(TryPeekBytesLength(out uint length, out int headerBytes));
                Advance(headerBytes + (long)length);
                return 0;
            case MessagePackType.Extension:
                ThrowIfShort(TryReadExtensionFormatHeader(out ExtensionHeader header));
                Advance(header.Length);
                return 0;
            default:
                Advance(ScalarBytes(NextCode));
                return 0;
        }
    }

    private static int ScalarBytes(byte code) => code switch
    {
        MessagePackCode.NeverUsed => throw Unexpected(code),
        MessagePackCode.Float32 => 5,
        MessagePackCode.Float64 => 9,
        >= MessagePackCode.UInt8 and <= MessagePackCode.Int64 => 1 + (1 << ((code - MessagePackCode.UInt8) & 3)),
        _ => 1,
    };

    private void Advance(long bytes)
    {
        ThrowIfShort(_reader.Remaining >= bytes);
        _reader.Advance(bytes);
    }
}
