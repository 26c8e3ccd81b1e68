using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>Where one tensor lies in the data that follows the header; the end is exclusive.</summary>
internal sealed record SafetensorsEntry(string Name, TensorElement Element, long[] Shape, long Begin, long End);

/// <summary>
/// A header that was read and found consistent: every tensor within the data, sizes that are the product of shape and element, no
/// gap, no overlap, no name twice, nothing left over. What is not consistent gives a sentence saying why, as <see cref="FormatException"/>.
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Entries)
{
    private const int DepthMax = 4;

    /// <summary>Parses a header; entries come back in the order in which their bytes lie.</summary>
    /// <param name="dataBytes">Bytes that follow the header in the file.</param>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes)
    {
        try
        {
            if (json.IsEmpty || json[0] != (byte)'{') throw new FormatException("the header does not begin with '{'");
            SafetensorsHeader header = Read(json);
            header.RequireExactCover(dataBytes);
            return header;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException($"the header is not the JSON of safetensors: {fault.Message}", fault);
        }
    }

    private static SafetensorsHeader Read(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = DepthMax });
        Dictionary<string, string> metadata = [];
        List<SafetensorsEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString() ?? "";
            if (!names.Add(name)) throw new FormatException($"{name} is there twice");
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new FormatException($"{name} is not an object");
            if (name == SafetensorsFormat.MetadataKey) ReadMetadata(ref reader, metadata);
            else entries.Add(ReadEntry(ref reader, name));
        }
        if (reader.Read()) throw new FormatException("something follows the header's object");
        entries.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
        return new SafetensorsHeader(metadata, entries);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString() ?? "";
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !metadata.TryAdd(key, reader.GetString() ?? ""))
                throw new FormatException($"metadata {key} is not one string");
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        TensorElement? element = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString() ?? "";
            reader.Read();
            switch (key)
            {
                case SafetensorsFormat.TypeKey when element is null:
                    string? type = reader.GetString();
                    element = SafetensorsFormat.Element(type)
                        ?? throw new FormatException($"{name} has dtype {type}, which this program does not write");
                    break;
                case SafetensorsFormat.ShapeKey when shape is null:
                    shape = ReadNumbers(ref reader, name);
                    break;
                case SafetensorsFormat.OffsetsKey when offsets is null:
                    offsets = ReadNumbers(ref reader, name);
                    break;
                default:
                    throw new FormatException($"{name} has {key}, unknown or twice");
            }
        }
        if (element is not { } known || shape is null || offsets is not [long begin, long end])
            throw new FormatException($"{name} lacks dtype, shape or data_offsets");
        return Consistent(new SafetensorsEntry(name, known, shape, begin, end));
    }

    private static SafetensorsEntry Consistent(SafetensorsEntry entry)
    {
        if (SafetensorsFormat.Bytes(entry.Element, entry.Shape) is not { } bytes || entry.Begin < 0 || entry.End - entry.Begin != bytes)
        {
            throw new FormatException($"{entry.Name} of {SafetensorsFormat.Name(entry.Element)} [{string.Join(", ", entry.Shape)}] "
                + $"does not fill bytes {entry.Begin} to {entry.End}");
        }
        if (bytes > SafetensorsFormat.TensorBytesMax)
            throw new FormatException(
                $"{entry.Name} has {bytes} bytes, more than the {SafetensorsFormat.TensorBytesMax} that this program reads");
        return entry;
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new FormatException($"{name} has a shape or offsets that are no array");
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!reader.TryGetInt64(out long number))
                throw new FormatException($"{name} has a dimension or offset that is no 64-bit whole number");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private void RequireExactCover(long dataBytes)
    {
        long at = 0;
        foreach (SafetensorsEntry entry in Entries)
        {
            if (entry.Begin != at)
                throw new FormatException($"{entry.Name} begins at byte {entry.Begin} of the data, the tensor before it ends at {at}");
            at = entry.End;
        }
        if (at != dataBytes) throw new FormatException($"the tensors fill {at} bytes, the file holds {dataBytes}");
    }
}
