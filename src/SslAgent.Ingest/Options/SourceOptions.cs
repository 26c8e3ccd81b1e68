using System.ComponentModel.DataAnnotations;

namespace SslAgent.Ingest;

/// <summary>Section <c>ingest.sources</c>: how much of whom is kept.</summary>
public sealed record SourceOptions
{
    /// <summary>For every source without a rule of its own: keep one message in this many. Default 1: all.</summary>
    [Range(1, int.MaxValue)]
    public int Sample { get; init; } = 1;

    /// <summary>
    /// For every source without a rule of its own: most messages a second of message time, with bursts of one second's worth; null for no
    /// limit. Default null.
    /// </summary>
    public double? RateMax { get; init; }

    /// <summary>Rules for single sources. Default none.</summary>
    [Required]
    public IReadOnlyList<SourceRule> Rules { get; init; } = [];

    /// <summary>Sources whose rate is followed at a time; the one not heard of for longest is forgotten. Default 10,000.</summary>
    [Range(16, 10_000_000)]
    public int TrackedMax { get; init; } = 10_000;

    /// <summary>Faults of single rules, one sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (SourceRule rule in Rules.Append(new SourceRule { Source = "(every other source)", Sample = Sample, RateMax = RateMax }))
        {
            if (rule.Source.Length == 0) yield return "ingest.sources.rules has a rule without a source";
            if (rule.Sample < 1) yield return $"ingest.sources: sample of {rule.Source} is {rule.Sample}: one in n is kept, n at least 1";
            if (rule.RateMax is { } rate && !(rate > 0 && double.IsFinite(rate)))
            {
                yield return $"ingest.sources: rateMax of {rule.Source} is {rate} messages a second: it must be above 0";
            }
        }

        foreach (IGrouping<string, SourceRule> twice in Rules.GroupBy(rule => rule.Source, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return $"ingest.sources.rules has {twice.Count()} rules for {twice.Key}";
        }
    }
}

/// <summary>How much of one source is kept. Both rules look at the message alone (its coordinates, its own time), never at a clock.</summary>
public sealed record SourceRule
{
    /// <summary>The source that the rule is for, exactly as messages name it.</summary>
    [Required]
    public string Source { get; init; } = "";

    /// <summary>Keep one message in this many, chosen by a hash of its coordinates. Default 1: all.</summary>
    [Range(1, int.MaxValue)]
    public int Sample { get; init; } = 1;

    /// <summary>Most messages a second of message time, with bursts of one second's worth; null for no limit. Default null.</summary>
    public double? RateMax { get; init; }
}
