using System.Buffers.Binary;

namespace MessagePack;

/// <content>Integers of any encoding into any type that holds the value, and floating-point numbers from any number.</content>
public ref partial struct MessagePackReader
{
    /// <summary>Code and payload of the longest number.</summary>
    private const int NumberBytesMax = 9;

    public byte ReadByte() => Commit(checked((byte)PeekInt64(out int size)), size);

    public sbyte ReadSByte() => Commit(checked((sbyte)PeekInt64(out int size)), size);

    public ushort ReadUInt16() => Commit(checked((ushort)PeekInt64(out int size)), size);

    public short ReadInt16() => Commit(checked((short)PeekInt64(out int size)), size);

    public uint ReadUInt32() => Commit(checked((uint)PeekInt64(out int size)), size);

    public int ReadInt32() => Commit(checked((int)PeekInt64(out int size)), size);

    public long ReadInt64() => Commit(PeekInt64(out int size), size);

    public ulong ReadUInt64()
    {
        long value = PeekInteger(out bool wraps, out int size);
        return Commit(wraps ? (ulong)value : checked((ulong)value), size);
    }

    /// <summary>A character as its UTF-16 number.</summary>
    public char ReadChar() => (char)ReadUInt16();

    public float ReadSingle()
    {
        byte code = NextCode;
        if (code is not (MessagePackCode.Float32 or MessagePackCode.Float64)) return ReadIntegerAsSingle();
        return code == MessagePackCode.Float32
            ? Commit(BinaryPrimitives.ReadSingleBigEndian(PeekPayload(4, stackalloc byte[NumberBytesMax])), 5)
            : Commit((float)BinaryPrimitives.ReadDoubleBigEndian(PeekPayload(8, stackalloc byte[NumberBytesMax])), 9);
    }

    public double ReadDouble()
    {
        byte code = NextCode;
        if (code is not (MessagePackCode.Float32 or MessagePackCode.Float64)) return ReadIntegerAsDouble();
        return code == MessagePackCode.Float32
            ? Commit((double)BinaryPrimitives.ReadSingleBigEndian(PeekPayload(4, stackalloc byte[NumberBytesMax])), 5)
            : Commit(BinaryPrimitives.ReadDoubleBigEndian(PeekPayload(8, stackalloc byte[NumberBytesMax])), 9);
    }

    private float ReadIntegerAsSingle()
    {
        long value = PeekInteger(out bool wraps, out int size);
        return Commit(wraps ? (float)(ulong)value : value, size);
    }

    private double ReadIntegerAsDouble()
    {
        long value = PeekInteger(out bool wraps, out int size);
        return Commit(wraps ? (double)(ulong)value : value, size);
    }

    private readonly long PeekInt64(out int size)
    {
        long value = PeekInteger(out bool wraps, out size);
        return wraps ? throw new OverflowException("The integer is larger than a signed 64-bit integer holds.") : value;
    }

    /// <summary>The next integer in 64 bits; <paramref name="wraps"/> where they are to be read as unsigned, being above <see cref="long.MaxValue"/>.</summary>
    private readonly long PeekInteger(out bool wraps, out int size)
    {
        wraps = false;
        byte code = NextCode;
        if (code is <= MessagePackCode.MaxFixInt or >= MessagePackCode.MinNegativeFixInt)
        {
            size = 1;
            return (sbyte)code;
        }

        if (code is < MessagePackCode.UInt8 or > MessagePackCode.Int64) throw Unexpected(code);
        int width = 1 << ((code - MessagePackCode.UInt8) & 3);
        size = 1 + width;
        ReadOnlySpan<byte> payload = PeekPayload(width, stackalloc byte[NumberBytesMax]);
        if (code == MessagePackCode.UInt64) wraps = (payload[0] & 0x80) != 0;
        return code switch
        {
            MessagePackCode.UInt8 => payload[0],
            MessagePackCode.Int8 => (sbyte)payload[0],
            MessagePackCode.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(payload),
            MessagePackCode.Int16 => BinaryPrimitives.ReadInt16BigEndian(payload),
            MessagePackCode.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(payload),
            MessagePackCode.Int32 => BinaryPrimitives.ReadInt32BigEndian(payload),
            _ => BinaryPrimitives.ReadInt64BigEndian(payload),
        };
    }

    /// <summary>The bytes behind the code.</summary>
    private readonly ReadOnlySpan<byte> PeekPayload(int width, Span<byte> scratch)
    {
        ReadOnlySpan<byte> token = Peek(1 + width, scratch);
        ThrowIfShort(!token.IsEmpty);
        return token[1..];
    }

    private T Commit<T>(T value, int size)
    {
        _reader.Advance(size);
        return value;
    }
}
