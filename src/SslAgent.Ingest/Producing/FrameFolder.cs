using System.Globalization;
using System.Runtime.CompilerServices;

namespace SslAgent.Ingest.Producing;

/// <summary>
/// The pictures of a folder and the folders in it, in order of their names, as frames of the contract. The source is the name of the
/// folder that a picture lies in, unless one is given.
/// </summary>
public sealed class FrameFolder(string directory, string topic, string? source, TimeProvider time) : IMessageSource
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif"];

    /// <summary>Starts over at the end, until cancelled.</summary>
    public bool Loop { get; init; }

    /// <summary>The pictures in a folder and below, in order of their names. Throws <see cref="FileNotFoundException"/> where there is none.</summary>
    internal static string[] FilesIn(string directory)
    {
        string[] files = [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new FileNotFoundException($"no {string.Join(", ", Extensions)} in {directory}", directory);
    }

    public async IAsyncEnumerable<OutgoingMessage> Messages([EnumeratorCancellation] CancellationToken cancellation)
    {
        string[] files = FilesIn(directory);
        for (int round = 0; round == 0 || Loop; round++)
        {
            // Part of each id, so that a second run over the same folder is new to the agent, while a message sent twice is not.
            string run = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            foreach (string file in files) yield return (await ReadAsync(file, run, cancellation)).To(topic);
        }
    }

    private async Task<ContractMessage> ReadAsync(string file, string run, CancellationToken cancellation) => new()
    {
        Source = source ?? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) ?? "frames",
        Id = $"{run}/{Path.GetRelativePath(directory, file)}",
        TimeMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Data = await File.ReadAllBytesAsync(file, cancellation),
    };
}
