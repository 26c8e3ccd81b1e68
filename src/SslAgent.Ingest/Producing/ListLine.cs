using System.Text.Json;

namespace SslAgent.Ingest.Producing;

/// <summary>A line of a list of pictures: <c>file</c>, <c>file TAB words</c>, or a JSON object with <c>file</c>, perhaps <c>caption</c> or <c>label</c>, and perhaps <c>source</c> and <c>ts</c>.</summary>
/// <param name="File">As it is written there: relative to the list.</param>
/// <param name="Caption">Words behind a tab may be either, and are both.</param>
/// <param name="TimeMs">When it was taken, milliseconds since 1970 UTC; null where nobody says.</param>
internal sealed record ListLine(string File, string? Caption, string? Label, string? Source, long? TimeMs)
{
    /// <summary>Throws <see cref="FormatException"/> with the line at fault.</summary>
    public static ListLine Parse(string list, int number, string line)
    {
        if (!line.StartsWith('{'))
        {
            string[] parts = line.Split('\t', 2);
            string? words = parts.Length > 1 ? parts[1] : null;
            return new ListLine(parts[0], words, words, null, null);
        }

        try
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            string? Field(string name) => entry.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
            return new ListLine(Field("file") ?? throw new JsonException("no 'file'"), Field("caption"), Field("label"), Field("source"),
                entry.RootElement.TryGetProperty("ts", out JsonElement ts) ? ts.GetInt64() : null);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            throw new FormatException($"{list}, line {number}: {wrong.Message}", wrong);
        }
    }
}
