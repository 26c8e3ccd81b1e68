using System.Buffers.Binary;
using System.Numerics;

namespace MessagePack;

/// <content>Counts and lengths. A header promises content: the caller writes exactly that much behind it.</content>
public ref partial struct MessagePackWriter
{
    private const int FixStringBytesMax = 31, FixCountMax = 15;

    public void WriteArrayHeader(int count) => WriteArrayHeader(checked((uint)count));

    public void WriteArrayHeader(uint count) =>
        WriteCount(MessagePackCode.MinFixArray, MessagePackCode.Array16, MessagePackCode.Array32, count);

    /// <param name="count">Pairs of key and value.</param>
    public void WriteMapHeader(int count) => WriteMapHeader(checked((uint)count));

    /// <inheritdoc cref="WriteMapHeader(int)"/>
    public void WriteMapHeader(uint count) =>
        WriteCount(MessagePackCode.MinFixMap, MessagePackCode.Map16, MessagePackCode.Map32, count);

    public void WriteBinHeader(int length) =>
        WriteLength(MessagePackCode.Bin8, MessagePackCode.Bin16, MessagePackCode.Bin32, checked((uint)length));

    /// <param name="byteCount">Bytes of UTF-8, not characters.</param>
    public void WriteStringHeader(int byteCount)
    {
        uint length = checked((uint)byteCount);
        if (length <= FixStringBytesMax) WriteByte((byte)(MessagePackCode.MinFixStr | length));
        else WriteLength(MessagePackCode.Str8, MessagePackCode.Str16, MessagePackCode.Str32, length);
    }

    public void WriteExtensionFormatHeader(ExtensionHeader extensionHeader)
    {
        uint length = extensionHeader.Length;
        if (length <= 16 && BitOperations.IsPow2(length)) WriteByte((byte)(MessagePackCode.FixExt1 + BitOperations.Log2(length)));
        else WriteLength(MessagePackCode.Ext8, MessagePackCode.Ext16, MessagePackCode.Ext32, length);
        WriteByte((byte)extensionHeader.TypeCode);
    }

    private void WriteCount(byte fix, byte code16, byte code32, uint count)
    {
        if (count <= FixCountMax) WriteByte((byte)(fix | count));
        else if (count <= ushort.MaxValue) WriteLength16(code16, (ushort)count);
        else WriteLength32(code32, count);
    }

    private void WriteLength(byte code8, byte code16, byte code32, uint length)
    {
        if (length <= byte.MaxValue)
        {
            Span<byte> span = GetSpan(2);
            (span[0], span[1]) = (code8, (byte)length);
            _pending += 2;
        }
        else if (length <= ushort.MaxValue)
        {
            WriteLength16(code16, (ushort)length);
        }
        else
        {
            WriteLength32(code32, length);
        }
    }

    private void WriteLength16(byte code, ushort length)
    {
        Span<byte> span = GetSpan(3);
        span[0] = code;
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], length);
        _pending += 3;
    }

    private void WriteLength32(byte code, uint length)
    {
        Span<byte> span = GetSpan(5);
        span[0] = code;
        BinaryPrimitives.WriteUInt32BigEndian(span[1..], length);
        _pending += 5;
    }
}
