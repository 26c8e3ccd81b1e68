using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SslAgent.Domain;

/// <summary>A version as people write it, <c>"v41"</c>; a bare <c>41</c> is read too.</summary>
public sealed class ModelVersionJson : JsonConverter<ModelVersion>
{
    public override ModelVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number when reader.TryGetInt32(out int number) => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        return ModelVersion.TryParse(text, out ModelVersion version) ? version : throw new JsonException("not a version such as v41");
    }

    public override void Write(Utf8JsonWriter writer, ModelVersion value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A sample as people write it, <c>"#4711"</c>; a bare <c>4711</c> is read too.</summary>
public sealed class SampleIdJson : JsonConverter<SampleId>
{
    public override SampleId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) && number >= 0) return new SampleId(number);
        return reader.TokenType == JsonTokenType.String && reader.GetString() is ['#', .. string digits]
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
                ? new SampleId(sequence)
                : throw new JsonException("not a sample such as #4711");
    }

    public override void Write(Utf8JsonWriter writer, SampleId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
