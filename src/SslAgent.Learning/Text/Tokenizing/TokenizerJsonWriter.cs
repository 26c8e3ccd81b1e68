using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// Writes a tokenizer as Hugging Face's <c>tokenizer.json</c> (docs/formats/tokenizer.md), such that their libraries give the same
/// numbers. The same merges give the same bytes.
/// </summary>
internal static class TokenizerJsonWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(Vocabulary vocabulary)
    {
        var bytes = new ArrayBufferWriter<byte>(64 * vocabulary.Size);
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            foreach (JsonProperty property in TokenizerJsonFrame.Properties) property.WriteTo(json);
            json.WriteStartObject("model");
            foreach (JsonProperty property in TokenizerJsonFrame.ModelProperties) property.WriteTo(json);
            WriteVocabulary(json, vocabulary);
            WriteMerges(json, vocabulary);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. bytes.WrittenSpan, (byte)'\n'];
    }

    private static void WriteVocabulary(Utf8JsonWriter json, Vocabulary vocabulary)
    {
        json.WriteStartObject("vocab");
        for (int token = 0; token < vocabulary.Size; token++) json.WriteNumber(NameOf(vocabulary, token), token);
        json.WriteEndObject();
    }

    /// <summary>Each as "left right": no token's name has a space in it.</summary>
    private static void WriteMerges(Utf8JsonWriter json, Vocabulary vocabulary)
    {
        json.WriteStartArray("merges");
        foreach ((int left, int right) in vocabulary.Merges)
        {
            json.WriteStringValue($"{NameOf(vocabulary, left)} {NameOf(vocabulary, right)}");
        }

        json.WriteEndArray();
    }

    public static string NameOf(Vocabulary vocabulary, int token) =>
        token < SpecialTokens.Count ? SpecialTokens.Names[token] : ByteAlphabet.Write(vocabulary.BytesOf(token));
}
