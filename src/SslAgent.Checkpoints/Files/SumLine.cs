using System.Globalization;
using System.Text;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>A line behind a small file's content that tells whether it is still what was written: <c>crc32c:1a2b3c4d</c> between two line feeds.</summary>
internal static class SumLine
{
    private const string Begin = "\ncrc32c:";

    private static readonly int Length = Of([]).Length;

    public static byte[] Behind(byte[] content) => [.. content, .. Of(content)];

    /// <summary>The content, or null where no line vouches for it.</summary>
    public static byte[]? ContentOf(byte[] written)
    {
        if (written.Length < Length) return null;
        byte[] content = written[..^Length];
        return written.AsSpan(content.Length).SequenceEqual(Of(content)) ? content : null;
    }

    private static byte[] Of(byte[] content) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Begin}{Crc32C.Compute(content):x8}\n"));
}
