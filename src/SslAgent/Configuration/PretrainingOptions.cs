using System.ComponentModel.DataAnnotations;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;

namespace SslAgent.Configuration;

/// <summary>Section <c>pretraining</c>: what <c>sslagent pretrain</c> does, one stage after the other.</summary>
internal sealed record PretrainingOptions
{
    /// <summary>The stages, in order. Empty (the default): one stage of 10 epochs with what section <c>learning</c> says.</summary>
    [Required]
    public StageOptions[] Stages { get; init; } = [];

    /// <summary>Optimizer steps between two versions, at most; each is judged by the guard, and a crash loses no more than its resume points say. Default 1000.</summary>
    [Range(1, 100_000_000)]
    public int StepsPerVersion { get; init; } = 1000;

    public IEnumerable<string> Faults()
    {
        foreach ((int at, StageOptions stage) in Stages.Index())
        {
            foreach (string fault in stage.Faults()) yield return $"stages has a fault in stage {at + 1}: {fault}";
        }
    }
}

/// <summary>A stretch of pretraining by the same objectives.</summary>
internal sealed record StageOptions
{
    /// <summary>What to learn by, in turns by weight; empty means what section <c>learning</c> says.</summary>
    [Required]
    public ObjectiveOptions[] Objectives { get; init; } = [];

    /// <summary>How often, on average, each objective sees each of its samples. Default 10.</summary>
    [Range(0.001, 1_000_000)]
    public double Epochs { get; init; } = 10;

    /// <summary>AdamW's step size after warm-up; null means what section <c>learning</c> says. Default null.</summary>
    [Range(1e-8, 1.0)]
    public double? LearningRate { get; init; }

    public IEnumerable<string> Faults()
    {
        foreach (ObjectiveOptions objective in Objectives)
        {
            if (!ObjectiveNames.All.Contains(objective.Name)) yield return $"there is no objective '{objective.Name}': known are {string.Join(", ", ObjectiveNames.All)}";
        }

        if (Objectives.GroupBy(objective => objective.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            yield return $"objective '{twice.Key}' is there twice: give it one entry with the sum of the weights";
        if (Objectives.Length > 0 && Objectives.All(objective => objective.Weight == 0)) yield return "its objectives all have weight 0";
    }
}
