using System.Buffers.Binary;

namespace MessagePack;

/// <content>Numbers. Integers take the shortest code that holds the value, unsigned codes for what is not negative.</content>
public ref partial struct MessagePackWriter
{
    private const int FixIntMin = -32;

    public void Write(byte value) => Write((ulong)value);

    public void Write(sbyte value) => Write((long)value);

    public void Write(ushort value) => Write((ulong)value);

    public void Write(short value) => Write((long)value);

    public void Write(uint value) => Write((ulong)value);

    public void Write(int value) => Write((long)value);

    /// <summary>A character as its UTF-16 number.</summary>
    public void Write(char value) => Write((ulong)value);

    public void Write(ulong value)
    {
        Span<byte> span = GetSpan(9);
        switch (value)
        {
            case <= MessagePackCode.MaxFixInt:
                span[0] = (byte)value;
                _pending += 1;
                break;
            case <= byte.MaxValue:
                (span[0], span[1]) = (MessagePackCode.UInt8, (byte)value);
                _pending += 2;
                break;
            case <= ushort.MaxValue:
                span[0] = MessagePackCode.UInt16;
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)value);
                _pending += 3;
                break;
            case <= uint.MaxValue:
                span[0] = MessagePackCode.UInt32;
                BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)value);
                _pending += 5;
                break;
            default:
                span[0] = MessagePackCode.UInt64;
                BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
                _pending += 9;
                break;
        }
    }

    public void Write(long value)
    {
        if (value >= 0)
        {
            Write((ulong)value);
            return;
        }

        Span<byte> span = GetSpan(9);
        switch (value)
        {
            case >= FixIntMin:
                span[0] = unchecked((byte)value);
                _pending += 1;
                break;
            case >= sbyte.MinValue:
                (span[0], span[1]) = (MessagePackCode.Int8, unchecked((byte)value));
                _pending += 2;
                break;
            case >= short.MinValue:
                span[0] = MessagePackCode.Int16;
                BinaryPrimitives.WriteInt16BigEndian(span[1..], (short)value);
                _pending += 3;
                break;
            case >= int.MinValue:
                span[0] = MessagePackCode.Int32;
                BinaryPrimitives.WriteInt32BigEndian(span[1..], (int)value);
                _pending += 5;
                break;
            default:
                span[0] = MessagePackCode.Int64;
                BinaryPrimitives.WriteInt64BigEndian(span[1..], value);
                _pending += 9;
                break;
        }
    }

    public void Write(float value)
    {
        Span<byte> span = GetSpan(5);
        span[0] = MessagePackCode.Float32;
        BinaryPrimitives.WriteSingleBigEndian(span[1..], value);
        _pending += 5;
    }

    public void Write(double value)
    {
        Span<byte> span = GetSpan(9);
        span[0] = MessagePackCode.Float64;
        BinaryPrimitives.WriteDoubleBigEndian(span[1..], value);
        _pending += 9;
    }

    /// <summary>Bytes that a number takes.</summary>
    public static int GetEncodedLength(long value) => value switch
    {
        >= 0 => GetEncodedLength((ulong)value),
        >= FixIntMin => 1,
        >= sbyte.MinValue => 2,
        >= short.MinValue => 3,
        >= int.MinValue => 5,
        _ => 9,
    };

    /// <inheritdoc cref="GetEncodedLength(long)"/>
    public static int GetEncodedLength(ulong value) => value switch
    {
        <= MessagePackCode.MaxFixInt => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };
}
