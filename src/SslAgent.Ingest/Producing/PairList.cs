using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SslAgent.Ingest.Producing;

/// <summary>
/// Pictures with their words, from a list: lines of <c>file TAB caption</c>, or JSON objects, one a line, with <c>file</c>, <c>caption</c> and perhaps
/// <c>source</c>. Paths are relative to the list. Each pair is one frame with its caption, or with <see cref="SplitHalves"/> a frame and a
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
            (string file, string caption, string? named) = Parse(line, number);
            ContractMessage frame = new()
            {
                Source = named ?? source ?? Path.GetFileNameWithoutExtension(path),
                Id = $"{run}/{number}",
                TimeMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
                Data = await File.ReadAllBytesAsync(Path.Combine(folder, file), cancellation),
                Caption = SplitHalves ? null : caption,
                Pair = SplitHalves ? $"{run}/{number}" : null,
            };
            yield return frame.To(topic);
            if (SplitHalves) yield return (frame with { Id = $"{run}/{number}/text", Data = null, Text = caption }).To(topic);
        }
    }

    private (string File, string Caption, string? Source) Parse(string line, int number)
    {
        if (!line.StartsWith('{'))
        {
            string[] parts = line.Split('\t', 2);
            if (parts.Length != 2) throw new FormatException($"{path}, line {number}: 'file TAB caption' is expected");
            return (parts[0], parts[1], null);
        }

        try
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            string? named = entry.RootElement.TryGetProperty("source", out JsonElement value) ? value.GetString() : null;
            return (Field(entry, "file", number), Field(entry, "caption", number), named);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{path}, line {number}: {wrong.Message}", wrong);
        }
    }

    private string Field(JsonDocument entry, string name, int number) =>
        entry.RootElement.TryGetProperty(name, out JsonElement value) && value.GetString() is { } text
            ? text
            : throw new FormatException($"{path}, line {number}: no '{name}'");
}
