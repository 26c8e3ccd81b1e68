using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SslAgent.Domain;
using SslAgent.Learning.Planning;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>Everything that a cycle's weights depend on besides the journal: written into its first record, read back when it is run anew.</summary>
/// <param name="Steps">The step budget.</param>
/// <param name="Replay">What the journal was folded under, as <see cref="ReplayOptions.ForFold"/> gives it.</param>
internal sealed record CyclePlan(LearnerPlan Learner, int Steps, ReplayOptions Replay)
{
    /// <summary>What the learning rate of the options was multiplied by to give the one here.</summary>
    public double LearningRateScale { get; private init; } = 1;

    /// <summary>The same for the share of fresh samples.</summary>
    public double FreshScale { get; private init; } = 1;

    /// <summary>This plan, which says what the options say, as the verdicts so far have it.</summary>
    public CyclePlan Under(double learningRateScale, double freshScale) => this with
    {
        Learner = Learner with { Optimizer = Learner.Optimizer with { LearningRate = Learner.Optimizer.LearningRate * learningRateScale } },
        Replay = Replay with { FreshRatio = Math.Min(1, Replay.FreshRatio * freshScale) },
        LearningRateScale = learningRateScale,
        FreshScale = freshScale,
    };

    /// <summary>Whether the same options gave both plans, whatever the verdicts made of them.</summary>
    public bool HasOptionsOf(CyclePlan other)
    {
        CyclePlan same = Under(other.LearningRateScale, other.FreshScale);
        return same.Steps == other.Steps && same.Learner.ToJson() == other.Learner.ToJson() && same.Replay == other.Replay;
    }

    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteNumber("steps", Steps);
            if (LearningRateScale != 1 || FreshScale != 1)
            {
                writer.WriteNumber("learningRateScale", LearningRateScale);
                writer.WriteNumber("freshScale", FreshScale);
            }

            writer.WritePropertyName("replay");
            JsonSerializer.Serialize(writer, Replay, CyclePlanJson.Default.ReplayOptions);
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
            root.GetProperty("replay").Deserialize(CyclePlanJson.Default.ReplayOptions) ?? throw new JsonException("replay cannot be null"))
        {
            LearningRateScale = root.TryGetProperty("learningRateScale", out JsonElement rate) ? rate.GetDouble() : 1,
            FreshScale = root.TryGetProperty("freshScale", out JsonElement fresh) ? fresh.GetDouble() : 1,
        };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(WordOf<EraGrouping>)])]
[JsonSerializable(typeof(ReplayOptions))]
internal sealed partial class CyclePlanJson : JsonSerializerContext;
