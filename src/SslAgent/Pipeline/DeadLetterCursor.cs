using System.Buffers.Binary;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// <c>dead-letters.cursor</c>, little-endian: the number of the last rejected record that the dead-letter topic has, i64, and CRC-32C of it, u32. A damaged one is no
/// cursor: what the journal still has goes out once more, which at-least-once allows, and nothing is skipped on the word of a flipped bit.
/// </summary>
internal static class DeadLetterCursor
{
    public const long None = -1;

    private const int Length = sizeof(long) + sizeof(uint);

    public static byte[] Bytes(long through)
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, through);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(sizeof(long)), Crc32C.Compute(bytes.AsSpan(0, sizeof(long))));
        return bytes;
    }

    public static long Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length && BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(long)..]) == Crc32C.Compute(bytes[..sizeof(long)])
            ? BinaryPrimitives.ReadInt64LittleEndian(bytes)
            : None;
}
