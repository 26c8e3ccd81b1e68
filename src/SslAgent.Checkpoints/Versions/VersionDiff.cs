using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>A number that both versions have, or only one of them.</summary>
/// <param name="Measure">For example <c>mae loss, era 3</c>.</param>
public sealed record MeasureChange(string Measure, double? From, double? To);

/// <summary>An option of the plan that differs; JSON text, null where it is not there.</summary>
public sealed record PlanChange(string Path, string? From, string? To);

/// <summary>How far one tensor moved.</summary>
/// <param name="Relative">L2 norm of the difference over that of the older tensor; infinite where that is zero.</param>
public sealed record TensorChange(string Name, double Relative, long Elements);

/// <summary>What is different between two versions, by their manifests.</summary>
/// <param name="SamplesBetween">Journal records between the two.</param>
public sealed record VersionDiff(
    VersionManifest From, VersionManifest To, long SamplesBetween, IReadOnlyList<MeasureChange> Measures, IReadOnlyList<PlanChange> Plan)
{
    private const int DepthMax = 32;

    public bool SameWeights => From.WeightsDigest == To.WeightsDigest;

    public static VersionDiff Of(VersionManifest from, VersionManifest to)
    {
        SortedDictionary<string, (string?, string?)> plan = new(StringComparer.Ordinal);
        Flatten(from.Plan, "", DepthMax, (path, value) => plan[path] = (value, null));
        Flatten(to.Plan, "", DepthMax, (path, value) => plan[path] = (plan.GetValueOrDefault(path).Item1, value));
        PlanChange[] changes =
        [
            .. plan.Select(option => new PlanChange(option.Key, option.Value.Item1, option.Value.Item2))
                .Where(change => change.From != change.To),
        ];
        long between = to.JournalPosition - from.JournalPosition;
        return new VersionDiff(from, to, between, Compare(MeasuresOf(from), MeasuresOf(to)), changes);
    }

    private static List<MeasureChange> Compare(List<(string Name, double Value)> from, List<(string Name, double Value)> to)
    {
        Dictionary<string, double> before = from.ToDictionary(measure => measure.Name, measure => measure.Value);
        Dictionary<string, double> after = to.ToDictionary(measure => measure.Name, measure => measure.Value);
        return
        [
            .. from.Select(measure => measure.Name).Union(to.Select(measure => measure.Name)).Select(name => new MeasureChange(
                name, before.TryGetValue(name, out double old) ? old : null, after.TryGetValue(name, out double now) ? now : null)),
        ];
    }

    private static List<(string Name, double Value)> MeasuresOf(VersionManifest manifest)
    {
        ProbeReport probe = manifest.Probe;
        List<(string, double)> measures = [.. probe.Eras.Select(era => ($"{era.Objective} loss, era {era.Era}", era.Loss))];
        foreach (FeatureHealth health in probe.Spaces)
        {
            measures.Add(($"{health.Tower} effective rank", health.EffectiveRank));
            measures.Add(($"{health.Tower} std ratio", health.StdRatio));
        }
        if (probe.Retrieval is { } retrieval)
        {
            measures.Add(("text to frame recall@1", retrieval.RecallAt1));
            measures.Add(("text to frame recall@10", retrieval.RecallAt10));
        }
        return measures;
    }

    private static void Flatten(JsonElement element, string path, int depth, Action<string, string> found)
    {
        if (element.ValueKind == JsonValueKind.Object && depth > 0)
        {
            foreach (JsonProperty property in element.EnumerateObject())
                Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", depth - 1, found);
        }
        else if (element.ValueKind != JsonValueKind.Undefined)
        {
            found(path, element.GetRawText());
        }
    }
}
