using System.Text.Json;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// Reads what <see cref="TokenizerJsonWriter"/> writes, and nothing else: layout and order of properties are free, every value must mean
/// the same. Vocabulary and merges must agree token by token.
/// </summary>
internal static class TokenizerJsonReader
{
    private const int BytesMax = 64 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <exception cref="TokenizerFormatException">Where and why it is refused.</exception>
    public static IReadOnlyList<Merge> ReadMerges(ReadOnlyMemory<byte> json)
    {
        if (json.Length > BytesMax) throw new TokenizerFormatException($"a file of {json.Length} bytes; at most {BytesMax} are read");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Options);
            JsonElement root = document.RootElement;
            Demand(root, "", TokenizerJsonFrame.Properties, others: ["model"]);
            JsonElement model = root.GetProperty("model");
            Demand(model, "model.", TokenizerJsonFrame.ModelProperties, others: ["vocab", "merges"]);
            return ReadMerges(model);
        }
        catch (JsonException exception)
        {
            throw new TokenizerFormatException($"not JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // What System.Text.Json says of half a surrogate pair in a string.
            throw new TokenizerFormatException($"not text: {exception.Message}", exception);
        }
    }

    /// <summary>The element has the expected properties with the expected values, and the others, and no more.</summary>
    private static void Demand(JsonElement element, string path, IEnumerable<JsonProperty> expected, string[] others)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new TokenizerFormatException($"{path.TrimEnd('.')}: not an object");
        HashSet<string> names = [.. others];
        foreach (JsonProperty property in expected)
        {
            names.Add(property.Name);
            JsonElement value = Get(element, path, property.Name);
            if (JsonElement.DeepEquals(value, property.Value)) continue;
            throw new TokenizerFormatException($"{path}{property.Name}: not {property.Value.GetRawText()}");
        }

        foreach (string name in others) Get(element, path, name);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!names.Contains(property.Name)) throw new TokenizerFormatException($"{path}{property.Name}: unknown");
        }
    }

    private static JsonElement Get(JsonElement element, string path, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value : throw new TokenizerFormatException($"{path}{name}: missing");

    private static List<Merge> ReadMerges(JsonElement model)
    {
        Dictionary<string, int> numbers = ReadVocabulary(model.GetProperty("vocab"));
        JsonElement array = model.GetProperty("merges");
        if (array.ValueKind != JsonValueKind.Array) throw new TokenizerFormatException("model.merges: not an array");
        var merges = new List<Merge>(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            string[] halves = (item.ValueKind == JsonValueKind.String ? item.GetString() ?? "" : "").Split(' ');
            if (halves.Length != 2 || !numbers.TryGetValue(halves[0], out int left) || !numbers.TryGetValue(halves[1], out int right))
            {
                throw new TokenizerFormatException($"model.merges[{merges.Count}]: not two tokens of the vocabulary");
            }

            merges.Add(new Merge(left, right));
        }

        Vocabulary vocabulary = Vocabulary.From(merges, out string? fault) ?? throw new TokenizerFormatException($"model.merges: {fault}");
        DemandSameNumbers(vocabulary, numbers);
        return merges;
    }

    private static Dictionary<string, int> ReadVocabulary(JsonElement vocabulary)
    {
        if (vocabulary.ValueKind != JsonValueKind.Object) throw new TokenizerFormatException("model.vocab: not an object");
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty property in vocabulary.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out int number))
            {
                throw new TokenizerFormatException($"model.vocab[\"{property.Name}\"]: not a token number");
            }

            numbers.Add(property.Name, number);
        }

        return numbers;
    }

    /// <summary>What the merges imply is what the file's vocabulary says.</summary>
    private static void DemandSameNumbers(Vocabulary vocabulary, Dictionary<string, int> numbers)
    {
        if (numbers.Count != vocabulary.Size)
        {
            throw new TokenizerFormatException($"model.vocab: {numbers.Count} tokens where the merges make {vocabulary.Size}");
        }

        for (int token = 0; token < vocabulary.Size; token++)
        {
            string name = TokenizerJsonWriter.NameOf(vocabulary, token);
            if (!numbers.TryGetValue(name, out int number) || number != token)
            {
                throw new TokenizerFormatException($"model.vocab[\"{name}\"]: not {token}");
            }
        }
    }
}
