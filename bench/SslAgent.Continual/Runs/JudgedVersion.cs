using System.Text.Json;
using System.Text.Json.Serialization;
using SslAgent.Domain;

namespace SslAgent.Continual.Runs;

/// <summary>What the guard has to go by for one version: what its cycle did, and what it answered about the eras that had begun.</summary>
[JsonConverter(typeof(JudgedVersionJson))]
internal sealed record JudgedVersion(CycleReport Report, ProbeReport Probe);

/// <summary>Spelled as in a manifest.</summary>
internal sealed class JudgedVersionJson : JsonConverter<JudgedVersion>
{
    public override JudgedVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return new JudgedVersion(
            document.RootElement.GetProperty("report").Deserialize(DomainJson.Default.CycleReport) ?? throw new JsonException("there is no report"),
            document.RootElement.GetProperty("probe").Deserialize(DomainJson.Default.ProbeReport) ?? throw new JsonException("there is no probe"));
    }

    public override void Write(Utf8JsonWriter writer, JudgedVersion value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("report");
        JsonSerializer.Serialize(writer, value.Report, DomainJson.Default.CycleReport);
        writer.WritePropertyName("probe");
        JsonSerializer.Serialize(writer, value.Probe, DomainJson.Default.ProbeReport);
        writer.WriteEndObject();
    }
}
