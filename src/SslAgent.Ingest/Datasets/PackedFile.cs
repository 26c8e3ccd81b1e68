using System.IO.Compression;

namespace SslAgent.Ingest.Datasets;

/// <summary>A file's bytes, unpacked where its name ends in <c>.gz</c>.</summary>
internal static class PackedFile
{
    /// <summary>Throws <see cref="FormatException"/> where the gzip is damaged.</summary>
    public static byte[] Read(string file)
    {
        if (!file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) return File.ReadAllBytes(file);
        try
        {
            using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            packed.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (InvalidDataException wrong)
        {
            throw new FormatException($"{file} is no whole gzip file: {wrong.Message}", wrong);
        }
    }
}
