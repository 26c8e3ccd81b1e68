using System.Globalization;
using System.Text;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// A small file that names one version: <c>v41 crc32c:1a2b3c4d</c> and a line feed, replaced atomically. The checksum is over the version's
/// text: one flipped bit must not make it name another version.
/// </summary>
internal static class PointerFile
{
    public static void Write(IDisk disk, string path, ModelVersion version) =>
        AtomicFile.Write(disk, path, Encoding.ASCII.GetBytes(Line(version)));

    /// <summary>What the file names; nothing where there is none, a fault where it is not a pointer.</summary>
    public static (ModelVersion? Version, string? Fault) Read(IDisk disk, string path)
    {
        if (AtomicFile.Read(disk, path) is not { } bytes) return (null, null);
        string text = Encoding.ASCII.GetString(bytes);
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && ModelVersion.TryParse(text[..space], out ModelVersion version) && Line(version) == text
            ? (version, null)
            : (null, $"it holds {bytes.Length} bytes that are not a version with its checksum");
    }

    private static string Line(ModelVersion version)
    {
        string text = version.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{text} crc32c:{Crc32C.Compute(Encoding.ASCII.GetBytes(text)):x8}\n");
    }
}
