using System.ComponentModel.DataAnnotations;

namespace SslAgent.Ingest;

/// <summary>Section <c>ingest.sources</c>: how much of whom is kept.</summary>
public sealed record SourceOptions
{
    /// <summary>For every source that has no rule of its own. Default: everything.</summary>
    [Required]
    public SourceRule Default { get; init; } = new();

    /// <summary>Rules by source name. Default none.</summary>
    [Required]
    public IReadOnlyDictionary<string, SourceRule> BySource { get; init; } = new Dictionary<string, SourceRule>();

    /// <summary>Sources whose rate is followed at a time; the one not heard of for longest is forgotten. Default 10,000.</summary>
    [Range(16, 10_000_000)]
    public int TrackedMax { get; init; } = 10_000;

    /// <summary>Faults of single rules, which annotations inside a dictionary would not show.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (KeyValuePair<string, SourceRule> rule in BySource.Append(new("(default)", Default)))
        {
            if (rule.Value.Sample < 1) yield return $"ingest.sources: sample of {rule.Key} is {rule.Value.Sample}: one in n is kept, n at least 1";
            if (rule.Value.RateMax is { } rate && !(rate > 0 && double.IsFinite(rate)))
            {
                yield return $"ingest.sources: rateMax of {rule.Key} is {rate} messages a second: it must be above 0";
            }
        }
    }
}

/// <summary>How much of one source is kept. Both rules look at the message alone (its coordinates, its own time), never at a clock.</summary>
public sealed record SourceRule
{
    /// <summary>Keep one message in this many, chosen by a hash of its coordinates. Default 1: all.</summary>
    public int Sample { get; init; } = 1;

    /// <summary>Most messages a second of message time, with bursts of one second's worth; null for no limit. Default null.</summary>
    public double? RateMax { get; init; }
}
