using System.Collections.ObjectModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using SslAgent.Learning.Objectives;

namespace SslAgent.Learning.Options;

/// <summary>One way of learning without labels, and how often it has its turn.</summary>
public sealed record ObjectiveOptions
{
    /// <summary>One of <c>sslagent objectives list</c>.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Its share of the steps, beside the others' weights. Default 1.</summary>
    [Range(0.0, 1000.0)]
    public double Weight { get; init; } = 1;

    /// <summary>It takes part in each so many-th cycle, by the cycle's number; where nobody who has data would take part, all do. Default 1: in every one.</summary>
    [Range(1, 1_000_000)]
    public int Every { get; init; } = 1;

    /// <summary>Samples of its micro-batches; default <c>learning.batchSize</c>.</summary>
    [Range(1, 65_536)]
    public int? BatchSize { get; init; }

    /// <summary>What is set of it, by the names that <c>sslagent objectives show NAME</c> tells with defaults and ranges. Default none: all as the paper, or a note beside it, has them.</summary>
    [Required]
    public IReadOnlyDictionary<string, double> Knobs { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    internal KnobValues Values => new(Knobs);

    /// <summary>What is wrong with the knobs: one sentence each, with value, range and reason. An unknown objective's are not looked at.</summary>
    public IEnumerable<string> Faults()
    {
        if (ObjectiveRegistry.Find(Name) is not { } objective) yield break;
        foreach ((string name, double value) in Knobs.OrderBy(set => set.Key, StringComparer.Ordinal))
        {
            if (objective.Knobs.FirstOrDefault(knob => knob.Name == name) is not { } known)
                yield return $"objective '{Name}' has no knob '{name}': {(objective.Knobs.Count > 0 ? $"it has {string.Join(", ", objective.Knobs.Select(knob => knob.Name))}" : "it has none")}";
            else if (known.Complaint(value) is { } complaint)
                yield return string.Create(CultureInfo.InvariantCulture, $"objective '{Name}': knob {name} is {value} and {complaint}");
        }
    }

    /// <summary>What is wrong with its batch size, in one sentence; null where nothing is, or where it is no size at all. Batches of windows have as many as it needs, whatever is set.</summary>
    /// <param name="usual"><c>learning.batchSize</c>, where it says nothing itself.</param>
    public string? BatchFault(int usual)
    {
        int size = BatchSize ?? usual;
        return ObjectiveRegistry.Find(Name) is { Windows: null } objective && size >= 1 && size < objective.SamplesMin
            ? string.Create(CultureInfo.InvariantCulture, $"objective '{Name}' has batches of {size} and compares the samples of a batch: it needs at least {objective.SamplesMin}")
            : null;
    }
}
