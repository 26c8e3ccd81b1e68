using System.ComponentModel.DataAnnotations;

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

    /// <summary>Samples of its micro-batches; default <c>learning.batchSize</c>.</summary>
    [Range(1, 65_536)]
    public int? BatchSize { get; init; }
}
