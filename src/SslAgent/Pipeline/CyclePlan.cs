using System.Text;
using System.Text.Json;
using SslAgent.Learning.Planning;

namespace SslAgent.Pipeline;

/// <summary>Everything that a cycle's weights depend on besides the journal: written into its first record, read back when it is run anew.</summary>
/// <param name="Steps">The step budget.</param>
/// <param name="FreshRatio">Share of each batch drawn from fresh samples.</param>
internal sealed record CyclePlan(LearnerPlan Learner, int Steps, double FreshRatio)
{
    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteNumber("steps", Steps);
            writer.WriteNumber("freshRatio", FreshRatio);
            writer.WritePropertyName("learner");
            writer.WriteRawValue(Learner.ToJson());
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote. Throws <see cref="JsonException"/> or <see cref="KeyNotFoundException"/> on anything else.</summary>
    public static CyclePlan FromJson(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        return new CyclePlan(
            LearnerPlan.FromJson(root.GetProperty("learner").GetRawText()),
            root.GetProperty("steps").GetInt32(),
            root.GetProperty("freshRatio").GetDouble());
    }
}
