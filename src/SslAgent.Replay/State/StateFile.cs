using System.Buffers.Binary;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>
/// The frame around a saved state (<c>replay.bin</c>), little-endian: magic 8 bytes, format version u32, payload length i64, payload,
/// CRC-32C of all before u32.
/// </summary>
internal static class StateFile
{
    public const uint CurrentVersion = 5;

    private const int HeaderBytes = 20;

    private static ReadOnlySpan<byte> Magic => "SSLARPLY"u8;

    public static void Write(Stream to, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], CurrentVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header[12..], payload.Length);
        Span<byte> checksum = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Crc32C.Append(Crc32C.Compute(header), payload));
        to.Write(header);
        to.Write(payload);
        to.Write(checksum);
    }

    public static byte[] Read(Stream from)
    {
        Span<byte> header = stackalloc byte[HeaderBytes], checksum = stackalloc byte[4];
        if (from.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header[..8].SequenceEqual(Magic))
        {
            throw new StateFormatException("replay.bin does not begin like a saved replay state");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != CurrentVersion)
        {
            throw new StateFormatException($"replay.bin has format version {version}; this program reads {CurrentVersion}");
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(header[12..]);
        if (length is < 0 or > int.MaxValue) throw new StateFormatException($"replay.bin claims a payload of {length} bytes");
        byte[] payload = new byte[length];
        if (from.ReadAtLeast(payload, payload.Length, throwOnEndOfStream: false) < payload.Length
            || from.ReadAtLeast(checksum, checksum.Length, throwOnEndOfStream: false) < checksum.Length)
        {
            throw new StateFormatException($"replay.bin ends before its payload of {length} bytes does");
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(checksum) == Crc32C.Append(Crc32C.Compute(header), payload)
            ? payload
            : throw new StateFormatException("replay.bin is damaged: its checksum does not match");
    }
}

/// <summary>A saved replay state that cannot be used: damaged, or of another release.</summary>
public sealed class StateFormatException(string message) : IOException(message);
