using System.Globalization;
using System.Runtime.CompilerServices;

namespace SslAgent.Ingest.Producing;

/// <summary>
/// Pictures with their words, from a list: lines of <c>file TAB caption</c>, or JSON objects, one a line, with <c>file</c>, <c>caption</c> and perhaps
/// <c>source</c> and <c>ts</c>. Paths are relative to the list. Each pair is one frame with its caption, or with <see cref="SplitHalves"/> a frame and a
/// text that share a key.
/// </summary>
public sealed class PairList(string path, string topic, string? source, TimeProvider time) : IMessageSource
{
    /// <summary>Sends the halves as two messages with one <c>pair</c> key, as two producers would.</summary>
    public bool SplitHalves { get; init; }

    public async IAsyncEnumerable<OutgoingMessage> Messages([EnumeratorCancellation] CancellationToken cancellation)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
        string run = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        int number = 0;
        await foreach (string line in File.ReadLinesAsync(path, cancellation))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            ListLine listed = ListLine.Parse(path, number, line);
            string caption = listed.Caption ?? throw new FormatException($"{path}, line {number}: no caption; 'file TAB caption' or JSON with 'file' and 'caption' is expected");
            ContractMessage frame = new()
            {
                Source = listed.Source ?? source ?? Path.GetFileNameWithoutExtension(path),
                Id = $"{run}/{number}",
                TimeMs = listed.TimeMs ?? time.GetUtcNow().ToUnixTimeMilliseconds(),
                Data = await File.ReadAllBytesAsync(Path.Combine(folder, listed.File), cancellation),
                Caption = SplitHalves ? null : caption,
                Pair = SplitHalves ? $"{run}/{number}" : null,
            };
            yield return frame.To(topic);
            if (SplitHalves) yield return (frame with { Id = $"{run}/{number}/text", Data = null, Text = caption }).To(topic);
        }
    }
}
