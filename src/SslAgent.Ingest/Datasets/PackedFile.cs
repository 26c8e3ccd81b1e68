using System.Buffers.Binary;
using System.IO.Compression;

namespace SslAgent.Ingest.Datasets;

/// <summary>A file's bytes, unpacked where its name ends in <c>.gz</c>.</summary>
internal static class PackedFile
{
    /// <summary>Throws <see cref="FormatException"/> where the gzip is damaged or cut off.</summary>
    public static byte[] Read(string file)
    {
        byte[] stored = File.ReadAllBytes(file);
        if (!file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) return stored;
        try
        {
            using var packed = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            packed.CopyTo(unpacked);
            RequireWhole(file, stored, unpacked.Length);
            return unpacked.ToArray();
        }
        catch (InvalidDataException wrong)
        {
            throw new FormatException($"{file} is no whole gzip file: {wrong.Message}", wrong);
        }
    }

    /// <summary>The stream ends where a file that was cut off ends, without a word; the format's last four bytes say how many there should be (RFC 1952, ISIZE; of one member).</summary>
    private static void RequireWhole(string file, byte[] stored, long unpacked)
    {
        uint said = stored.Length < sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(stored.Length - sizeof(uint)));
        if (stored.Length < sizeof(uint) || said != (uint)unpacked)
            throw new FormatException($"{file} is no whole gzip file: it unpacks to {unpacked} bytes and its end says {said}; it was cut off, or is several files behind one another");
    }
}
