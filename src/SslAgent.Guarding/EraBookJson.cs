using System.Text.Json;
using System.Text.Json.Serialization;
using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>The book as bytes, kept in each version as <c>guard.json</c>. The same book gives the same bytes.</summary>
public static class EraBookJson
{
    public const string FileName = "guard.json";

    private const int FormatVersion = 1;

    public static byte[] Write(EraBook book) =>
        JsonSerializer.SerializeToUtf8Bytes(new Envelope(FormatVersion, book), EraBookJsonContext.Default.Envelope);

    /// <summary>Reads a book back. Throws <see cref="InvalidDataException"/>, saying why, for anything that is none.</summary>
    public static EraBook Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            Envelope? envelope = JsonSerializer.Deserialize(utf8, EraBookJsonContext.Default.Envelope);
            if (envelope?.Format != FormatVersion)
                throw new InvalidDataException($"{FileName} has format {envelope?.Format}, this program reads format {FormatVersion}.");
            return envelope.Book ?? throw new InvalidDataException($"{FileName} holds no book.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{FileName} is not readable: {fault.Message}", fault);
        }
    }

    internal sealed record Envelope(int Format, EraBook? Book);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", Converters = [typeof(ModelVersionJson)])]
[JsonSerializable(typeof(EraBookJson.Envelope))]
internal sealed partial class EraBookJsonContext : JsonSerializerContext;
