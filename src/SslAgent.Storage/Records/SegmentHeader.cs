using System.Buffers.Binary;

namespace SslAgent.Storage;

/// <summary>
/// The first 48 bytes of a segment, little-endian: magic 8 bytes, format version u32, tag u32 (which log), first sequence u64, created i64
/// (milliseconds since 1970 UTC), generation u32 (how often it was compacted), covers-to i64, checksum u32 (CRC-32C of the 44 bytes
/// before).
/// <para>Covers-to is 0 in a segment as it was appended. In a compacted one it is the last sequence of the stretch that it stands for, so
/// that segments which it replaced are recognised where a crash kept them from being deleted.</para>
/// </summary>
internal readonly record struct SegmentHeader(
    uint FormatVersion, uint Tag, long FirstSequence, long CreatedMs, uint Generation, long CoversTo)
{
    public const int Bytes = 48;

    public const uint CurrentFormatVersion = 1;

    private const int ChecksumAt = 44;

    private static ReadOnlySpan<byte> Magic => "SSLASEG\n"u8;

    public void Write(Span<byte> target)
    {
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], Tag);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], CreatedMs);
        BinaryPrimitives.WriteUInt32LittleEndian(target[32..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(target[36..], CoversTo);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumAt..], Crc32C.Compute(target[..ChecksumAt]));
    }

    /// <summary>
    /// False where the bytes are no intact header. An intact header of another format version is read: the caller refuses it.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SegmentHeader header)
    {
        header = default;
        if (bytes.Length < Bytes || !bytes[..8].SequenceEqual(Magic)) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Crc32C.Compute(bytes[..ChecksumAt])) return false;
        header = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[36..]));
        return true;
    }
}
