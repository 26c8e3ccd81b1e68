using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Ingest.Decoding;

/// <summary>
/// Finds text, source and time in a JSON object in one pass, without building a tree. Used by the ingest thread alone.
/// </summary>
internal sealed class JsonDecoder(JsonOptions options, SourceNames names)
{
    private const int DepthMax = 64, PathBytesMax = 512;

    private readonly JsonPaths _paths = new(options);
    private readonly byte[] _path = new byte[PathBytesMax];
    private readonly int[] _lengths = new int[DepthMax + 1];

    /// <summary>Fills the envelope; a rejection where the value is no JSON object or has no text.</summary>
    /// <param name="isJson">False where the value is no JSON object at all, which a guess may take back.</param>
    public Rejection? Decode(ReadOnlyMemory<byte> value, ref Envelope envelope, out bool isJson)
    {
        isJson = false;
        try
        {
            var found = new Found();
            Scan(value, ref envelope, ref found);
            isJson = true;
            return envelope.HasText ? null : new Rejection("envelope", $"the JSON object has none of the text fields {_paths.TextNames}");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return new Rejection("envelope", $"the value is no JSON object: {FirstSentence(wrong.Message)}");
        }
    }

    private static string FirstSentence(string message) => Reasons.Printable(message.Split(". ", 2)[0]);

    private void Scan(ReadOnlyMemory<byte> value, ref Envelope envelope, ref Found found)
    {
        var reader = new Utf8JsonReader(value.Span, new JsonReaderOptions { MaxDepth = DepthMax });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("it does not begin with {");
        int length = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    length = Extend(ref reader);
                    break;
                case JsonTokenType.StartObject:
                    _lengths[reader.CurrentDepth] = length;
                    break;
                case JsonTokenType.StartArray:
                    reader.Skip();
                    break;
                case JsonTokenType.String or JsonTokenType.Number when length > 0:
                    Take(ref reader, value, _path.AsSpan(0, length), ref envelope, ref found);
                    break;
            }
        }
    }

    /// <summary>Puts the property's name behind the path of the object that it stands in; 0 where the path is longer than any that is looked for.</summary>
    private int Extend(ref Utf8JsonReader reader)
    {
        int depth = reader.CurrentDepth - 1, prefix = depth == 0 ? 0 : _lengths[depth];
        if (depth > 0 && prefix == 0) return 0;
        if (reader.HasValueSequence || reader.ValueIsEscaped || prefix + 1 + reader.ValueSpan.Length > PathBytesMax) return 0;
        int start = prefix;
        if (prefix > 0) _path[start++] = (byte)'.';
        reader.ValueSpan.CopyTo(_path.AsSpan(start));
        return start + reader.ValueSpan.Length;
    }

    private void Take(ref Utf8JsonReader reader, ReadOnlyMemory<byte> value, ReadOnlySpan<byte> path, ref Envelope envelope, ref Found found)
    {
        int rank = JsonPaths.Rank(_paths.Text, path);
        if (rank >= 0 && rank < found.Text && reader.TokenType == JsonTokenType.String)
        {
            (envelope.Text, envelope.HasText, found.Text) = (Content(ref reader, value), true, rank);
        }

        rank = JsonPaths.Rank(_paths.Source, path);
        if (rank >= 0 && rank < found.Source && !reader.ValueIsEscaped && names.Read(reader.ValueSpan) is { } source)
        {
            (envelope.Source, found.Source) = (source, rank);
        }

        rank = JsonPaths.Rank(_paths.Time, path);
        if (rank >= 0 && rank < found.Time && MessageTime.FromUtf8(reader.ValueSpan) is { } timeMs)
        {
            (envelope.TimeMs, found.Time) = (timeMs, rank);
        }
    }

    private static ReadOnlyMemory<byte> Content(ref Utf8JsonReader reader, ReadOnlyMemory<byte> value)
    {
        // The token starts at its opening quote.
        if (!reader.ValueIsEscaped) return value.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        byte[] buffer = new byte[reader.ValueSpan.Length];
        int length = reader.CopyString(buffer);
        return buffer.AsMemory(0, length);
    }

    /// <summary>Ranks of what was found so far; lower is better.</summary>
    private struct Found()
    {
        public int Text = int.MaxValue, Source = int.MaxValue, Time = int.MaxValue;
    }
}
