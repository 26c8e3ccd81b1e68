using System.Text;

namespace SslAgent.Ingest.Decoding;

/// <summary>Where to look in a JSON object, best place first; resolved once from preset and options.</summary>
internal sealed class JsonPaths
{
    public JsonPaths(JsonOptions options)
    {
        (string[] text, string[] source, string[] time) = options.Preset switch
        {
            JsonPreset.Filebeat => (
                (string[])["message", "event.original"],
                (string[])["host.name", "agent.hostname", "agent.name", "log.file.path"],
                (string[])["@timestamp"]),
            JsonPreset.FluentBit => (
                ["log", "message", "MESSAGE"],
                ["kubernetes.pod_name", "hostname", "host", "_HOSTNAME", "container_name", "tag", "file"],
                ["@timestamp", "time", "timestamp", "date"]),
            _ => (
                ["message", "msg", "log", "text", "MESSAGE"],
                ["source", "host.name", "hostname", "host", "service", "logger"],
                ["@timestamp", "timestamp", "time", "ts", "date"]),
        };
        Text = Encode(options.TextField, text);
        Source = Encode(options.SourceField, source);
        Time = Encode(options.TimeField, time);
        TextNames = options.TextField ?? string.Join(", ", text);
    }

    public byte[][] Text { get; }

    public byte[][] Source { get; }

    public byte[][] Time { get; }

    /// <summary>The text's paths, for a rejection that says what was looked for.</summary>
    public string TextNames { get; }

    /// <summary>The rank of a path among candidates, 0 the best; -1 where it is none of them.</summary>
    public static int Rank(byte[][] candidates, ReadOnlySpan<byte> path)
    {
        for (int i = 0; i < candidates.Length; i++)
        {
            if (path.SequenceEqual(candidates[i])) return i;
        }

        return -1;
    }

    private static byte[][] Encode(string? field, string[] preset) =>
        [.. (field is null ? preset : [field]).Select(Encoding.UTF8.GetBytes)];
}
