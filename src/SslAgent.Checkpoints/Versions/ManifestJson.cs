using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>
/// <c>manifest.json</c>, the same bytes for the same manifest; docs/formats/version.md has its fields. The format's number comes first and
/// rises whenever an older program would misread a newer file; unknown fields of a known format are ignored.
/// </summary>
public static class ManifestJson
{
    /// <summary>The newest that is read. What has no accepted version in it is written, and read by older programs, as 1.</summary>
    public const int Format = 2;

    private const string FormatKey = "format";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    public static byte[] Write(VersionManifest manifest)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteNumber(FormatKey, FormatOf(manifest));
            JsonElement fields = JsonSerializer.SerializeToElement(manifest, DomainJson.Default.VersionManifest);
            foreach (JsonProperty field in fields.EnumerateObject()) field.WriteTo(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Throws <see cref="UnknownManifestFormatException"/> for a newer format, <see cref="FormatException"/> for what is no manifest.
    /// </summary>
    /// <param name="path">For the message.</param>
    public static VersionManifest Read(ReadOnlyMemory<byte> utf8, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(FormatKey, out JsonElement number) || !number.TryGetInt32(out int format))
            {
                throw new FormatException("there is no format number");
            }
            if (format is < 1 or > Format) throw new UnknownManifestFormatException(path, format, Format);
            VersionManifest? manifest = document.RootElement.Deserialize(DomainJson.Default.VersionManifest);
            return Consistent(manifest ?? throw new FormatException("it is empty"));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException($"it is not the JSON of a manifest: {fault.Message}", fault);
        }
    }

    /// <summary>Programs of before 2 took a kind that they did not know for damage, and would have gone on from another version.</summary>
    private static int FormatOf(VersionManifest manifest) => manifest.Kind == VersionKind.Accept ? 2 : 1;

    private static VersionManifest Consistent(VersionManifest manifest)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (VersionFile file in manifest.Files)
        {
            if (!VersionNames.IsFileName(file.Name) || !names.Add(file.Name))
                throw new FormatException($"file name '{file.Name}' is not usable");
            if (file.Bytes < 0 || file.Sha256.Length != 64) throw new FormatException($"size or sha256 of {file.Name} is not usable");
            if (file.Blocks is { } sums && !BlockSums.AreOf(sums, file.Bytes)) throw new FormatException($"the block sums of {file.Name} are not usable");
        }
        return manifest;
    }
}

/// <summary><c>dropped.json</c>: what retention took out of a version, and when.</summary>
internal sealed record DroppedFiles(int Format, IReadOnlyList<string> Files, DateTimeOffset At)
{
    public const int KnownFormat = 1;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DroppedFiles))]
internal sealed partial class DroppedJson : JsonSerializerContext;
