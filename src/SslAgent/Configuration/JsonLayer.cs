using System.Text.Json;

namespace SslAgent.Configuration;

/// <summary>Reads a configuration file (JSON with comments and trailing commas) into a layer. Faults, never exceptions, for anything in it.</summary>
internal static class JsonLayer
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 16,
    };

    public static ConfigurationLayer Read(string file, ICollection<ConfigurationFault> faults)
    {
        ConfigurationLayer layer = new();
        try
        {
            using FileStream stream = File.OpenRead(file);
            using JsonDocument document = JsonDocument.Parse(stream, Lenient);
            if (document.RootElement.ValueKind == JsonValueKind.Object) Flatten(document.RootElement, "", file, layer, faults);
            else faults.Add(new ConfigurationFault(file, null, null, "must hold one JSON object: { \"agent\": { … }, … }"));
        }
        catch (JsonException broken)
        {
            string where = broken.LineNumber is { } line ? $"line {line + 1}, byte {broken.BytePositionInLine + 1}: " : "";
            faults.Add(new ConfigurationFault(file, null, null, $"{where}is not JSON: {FirstSentence(broken.Message)}"));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigurationFault(file, null, null, $"cannot be read: {unreadable.Message}"));
        }

        return layer;
    }

    private static void Flatten(JsonElement element, string path, string file, ConfigurationLayer layer, ICollection<ConfigurationFault> faults)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                    Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}:{property.Name}", file, layer, faults);
                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                int index = 0;
                foreach (JsonElement item in element.EnumerateArray()) Flatten(item, $"{path}:{index++}", file, layer, faults);
                break;
            default:
                if (!layer.TryAdd(path, TextOf(element), file))
                    faults.Add(new ConfigurationFault(path, TextOf(element), file, "is given twice in this file; keep one"));
                break;
        }
    }

    /// <summary>Numbers and booleans as they stand in the file, strings unquoted, an empty array as an empty list.</summary>
    private static string? TextOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Array => "",
        _ => element.GetRawText(),
    };

    private static string FirstSentence(string message) => message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd('.', ' ');
}
