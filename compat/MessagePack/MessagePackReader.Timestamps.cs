using System.Buffers.Binary;

namespace MessagePack;

/// <content>The specification's "Timestamp extension type": 32, 64 or 96 bits, always UTC, cut to ticks of 100 ns.</content>
public ref partial struct MessagePackReader
{
    private const int TimestampBytesMax = 12;

    /// <exception cref="ArgumentOutOfRangeException">As in the package: <see cref="DateTime"/> cannot hold that point in time.</exception>
    public DateTime ReadDateTime()
    {
        MessagePackReader ahead = this;
        ThrowIfShort(ahead.TryReadExtensionFormatHeader(out ExtensionHeader header));
        DateTime value = ahead.ReadDateTime(header);
        this = ahead;
        return value;
    }

    /// <inheritdoc cref="ReadDateTime()"/>
    /// <param name="header">The header, already read; its bytes come next.</param>
    public DateTime ReadDateTime(ExtensionHeader header)
    {
        if (header.TypeCode != ReservedMessagePackExtensionTypeCode.DateTime || header.Length is not (4 or 8 or 12))
        {
            throw new MessagePackSerializationException(
                $"Expected a timestamp, met an extension of type {header.TypeCode} with {header.Length} bytes.");
        }

        ReadOnlySpan<byte> bytes = Peek((int)header.Length, stackalloc byte[TimestampBytesMax]);
        ThrowIfShort(!bytes.IsEmpty);
        (double seconds, long nanoseconds) = Split(bytes);
        DateTime value = DateTime.UnixEpoch.AddSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        _reader.Advance(bytes.Length);
        return value;
    }

    private static (double Seconds, long Nanoseconds) Split(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 4) return (BinaryPrimitives.ReadUInt32BigEndian(bytes), 0);
        if (bytes.Length == 12) return (BinaryPrimitives.ReadInt64BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes));
        ulong both = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return (both & 0x3_ffff_ffff, (long)(both >> 34));
    }
}
