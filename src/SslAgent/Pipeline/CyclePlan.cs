using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SslAgent.Domain;
using SslAgent.Learning.Planning;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>Everything that a cycle's weights depend on besides the journal: written into its first record, read back when it is run anew.</summary>
/// <param name="Steps">The step budget.</param>
/// <param name="FreshRatio">Share of each batch drawn from fresh samples, as resolved when the cycle began.</param>
/// <param name="Replay">What the journal was folded under, as <see cref="ReplayOptions.ForFold"/> gives it.</param>
internal sealed record CyclePlan(LearnerPlan Learner, int Steps, double FreshRatio, ReplayOptions Replay)
{
    /// <summary>How often replayed samples of a source are drawn beside others, by source, as resolved when the cycle began; empty: all the same.</summary>
    public IReadOnlyDictionary<string, double> SourceWeights { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether fresh and remembered samples are drawn alike, whatever <see cref="FreshRatio"/> is: a consolidation is over all that is known.</summary>
    public bool DrawsEvenly { get; init; }

    /// <summary>What a view draws by; null: evenly.</summary>
    public double? FreshShare => DrawsEvenly ? null : FreshRatio;

    /// <summary>What the learning rate of the options was multiplied by to give the one here.</summary>
    public double LearningRateScale { get; private init; } = 1;

    /// <summary>The same for the share of fresh samples.</summary>
    public double FreshScale { get; private init; } = 1;

    /// <summary>The share of fresh samples before it was multiplied: what an adaptive share goes on from.</summary>
    public double FreshRatioResolved => BeforeScale ?? FreshRatio;

    private double? BeforeScale { get; init; }

    /// <summary>
    /// The most that a drift's scale may make of the share: where it is adaptive, its most; where it is fixed, what leaves replay half of what the options left it. A share of 1 would be no replay
    /// at all, in the very cycles that learn fastest; that is only for those whose options say so.
    /// </summary>
    private double FreshRatioMost => Replay.Ratio == ReplayRatio.Adaptive ? Replay.FreshRatioMax : (1 + FreshRatio) / 2;

    /// <summary>This plan as the verdicts so far have it.</summary>
    public CyclePlan Under(double learningRateScale, double freshScale) => this with
    {
        Learner = Learner with { Optimizer = Learner.Optimizer with { LearningRate = Learner.Optimizer.LearningRate * learningRateScale } },
        FreshRatio = Math.Min(FreshRatioMost, FreshRatio * freshScale),
        LearningRateScale = learningRateScale,
        FreshScale = freshScale,
        BeforeScale = FreshRatio,
    };

    /// <summary>Whether the same options gave both plans, whatever the verdicts and the stream made of them.</summary>
    public bool HasOptionsOf(CyclePlan other) =>
        Under(other.LearningRateScale, 1).Learner.ToJson() == other.Learner.ToJson() && Replay == other.Replay;

    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteNumber("steps", Steps);
            writer.WriteNumber("freshRatio", FreshRatio);
            if (DrawsEvenly) writer.WriteBoolean("drawsEvenly", true);
            if (LearningRateScale != 1 || FreshScale != 1)
            {
                writer.WriteNumber("learningRateScale", LearningRateScale);
                writer.WriteNumber("freshScale", FreshScale);
                writer.WriteNumber("freshRatioResolved", FreshRatioResolved);
            }

            WriteWeights(writer);
            writer.WritePropertyName("replay");
            JsonSerializer.Serialize(writer, Replay, CyclePlanJson.Default.ReplayOptions);
            writer.WritePropertyName("learner");
            writer.WriteRawValue(Learner.ToJson());
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private void WriteWeights(Utf8JsonWriter writer)
    {
        if (SourceWeights.Count == 0) return;
        writer.WriteStartObject("sourceWeights");
        foreach ((string source, double weight) in SourceWeights.OrderBy(one => one.Key, StringComparer.Ordinal)) writer.WriteNumber(source, weight);
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote. Throws <see cref="JsonException"/> or <see cref="KeyNotFoundException"/> on anything else.</summary>
    public static CyclePlan FromJson(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        ReplayOptions replay = ReadReplay(root.GetProperty("replay"));
        return new CyclePlan(
            LearnerPlan.FromJson(root.GetProperty("learner").GetRawText()),
            root.GetProperty("steps").GetInt32(),
            // Releases whose ratio never changed wrote it among the options alone.
            root.TryGetProperty("freshRatio", out JsonElement ratio) ? ratio.GetDouble() : replay.FreshRatio,
            replay)
        {
            DrawsEvenly = root.TryGetProperty("drawsEvenly", out JsonElement evenly) && evenly.GetBoolean(),
            LearningRateScale = root.TryGetProperty("learningRateScale", out JsonElement rate) ? rate.GetDouble() : 1,
            FreshScale = root.TryGetProperty("freshScale", out JsonElement fresh) ? fresh.GetDouble() : 1,
            BeforeScale = root.TryGetProperty("freshRatioResolved", out JsonElement resolved) ? resolved.GetDouble() : null,
            SourceWeights = root.TryGetProperty("sourceWeights", out JsonElement weights)
                ? weights.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetDouble(), StringComparer.Ordinal)
                : new Dictionary<string, double>(),
        };
    }

    /// <summary>What an earlier release did not know has its default: the serializer by itself gives an init-only property that is missing its type's zero.</summary>
    private static ReplayOptions ReadReplay(JsonElement written)
    {
        if (written.ValueKind != JsonValueKind.Object) throw new JsonException("replay is an object");
        JsonNode? all = JsonSerializer.SerializeToNode(new ReplayOptions(), CyclePlanJson.Default.ReplayOptions);
        JsonObject options = Check.NotNull(all, "options are an object").AsObject();
        foreach (JsonProperty property in written.EnumerateObject()) options[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        return options.Deserialize(CyclePlanJson.Default.ReplayOptions) ?? throw new JsonException("replay cannot be null");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(WordOf<EraGrouping>), typeof(WordOf<ReplayPolicy>), typeof(WordOf<ReplayRatio>)])]
[JsonSerializable(typeof(ReplayOptions))]
internal sealed partial class CyclePlanJson : JsonSerializerContext;
