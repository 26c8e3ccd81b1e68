using System.Buffers.Binary;

namespace SslAgent.Storage;

/// <summary>
/// The 28 bytes before each record's payload, little-endian: marker u32, payload length u32, sequence u64, durable-before u32, kind u16,
/// reserved u16, checksum u32 (CRC-32C over the 24 bytes before it and the payload).
/// <para>Durable-before is a length of this file that was known to be synced when the record was framed. It tells a torn tail from damage:
/// bytes that a later record vouches for had been durable, so if they are unreadable they were damaged afterwards; bytes that nothing
/// vouches for never had been, and may be cut.</para>
/// </summary>
internal readonly record struct RecordHeader(int PayloadBytes, long Sequence, uint DurableBefore, ushort Kind, uint Checksum)
{
    public const int Bytes = 28;

    // "SLR1" in file order: where reading looks again for a record after damage.
    public const uint Marker = 0x31524C53;

    private const int ChecksumAt = 24;

    public int FrameBytes => Bytes + PayloadBytes;

    /// <summary>Writes header and payload one behind the other.</summary>
    public static void WriteFrame(Span<byte> target, long sequence, uint durableBefore, ushort kind, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Marker);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], durableBefore);
        BinaryPrimitives.WriteUInt16LittleEndian(target[20..], kind);
        BinaryPrimitives.WriteUInt16LittleEndian(target[22..], 0);
        payload.CopyTo(target[Bytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumAt..], ChecksumOf(target, payload));
    }

    /// <summary>
    /// Reads a header that looks like one: the marker is there and the length is possible. The checksum is not looked at.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int payloadBytesMax, out RecordHeader header)
    {
        header = default;
        if (bytes.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Marker) return false;
        header = new RecordHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]));
        return header.PayloadBytes >= 0 && header.PayloadBytes <= payloadBytesMax && header.Sequence >= 0;
    }

    /// <summary>Whether the frame, header and payload, is what was written.</summary>
    public bool Vouches(ReadOnlySpan<byte> frame) => Checksum == ChecksumOf(frame, frame[Bytes..FrameBytes]);

    private static uint ChecksumOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        Crc32C.Append(Crc32C.Compute(header[..ChecksumAt]), payload);
}
