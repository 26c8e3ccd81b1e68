using System.Text;

namespace SslAgent.Commands.Embedding;

/// <summary>One thing to embed: a line of text, or the bytes of a picture.</summary>
/// <param name="Name">The picture's path, or <c>FILE:LINE</c>.</param>
internal sealed record EmbedItem(string Name, string? Text, byte[]? Picture)
{
    private static readonly string[] PictureExtensions = [".png", ".jpg", ".jpeg", ".webp", ".gif"];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// What the paths name, in their order: pictures by themselves, every other file line by line, a directory's pictures in ordinal order.
    /// </summary>
    public static IEnumerable<EmbedItem> Read(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            IEnumerable<EmbedItem> found = Directory.Exists(path)
                ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsPicture).Order(StringComparer.Ordinal).Select(PictureAt)
                : File.Exists(path)
                    ? IsPicture(path) ? [PictureAt(path)] : Lines(path)
                    : throw new CommandException(ExitCode.Usage, $"there is no file and no directory {path}");
            foreach (EmbedItem item in found) yield return item;
        }
    }

    private static bool IsPicture(string path) => PictureExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static EmbedItem PictureAt(string path) => new(path, null, File.ReadAllBytes(path));

    /// <summary>Blank lines are passed over; the others keep their number.</summary>
    private static IEnumerable<EmbedItem> Lines(string path)
    {
        using StreamReader reader = new(path, StrictUtf8);
        for (long number = 1; ReadLine(reader, path, number) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line)) yield return new EmbedItem($"{path}:{number}", line, null);
        }
    }

    private static string? ReadLine(StreamReader reader, string path, long number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException)
        {
            throw new CommandException(ExitCode.Failed, $"{path} is neither a picture nor UTF-8 text, at line {number} or soon after");
        }
    }
}
