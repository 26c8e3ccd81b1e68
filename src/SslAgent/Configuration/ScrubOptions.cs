using System.ComponentModel.DataAnnotations;

namespace SslAgent.Configuration;

/// <summary>Section <c>scrub</c>: the background check that reads every stored byte and compares it with its sum.</summary>
internal sealed record ScrubOptions
{
    /// <summary>How often journal and versions are read through. The first time an hour after the start, or sooner where this is shorter. Null: never. 1 min to 365 d, default 1 d.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan? Interval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Bytes a second that it reads at the most, so that it disturbs neither training nor the disk. Default 50 MiB.</summary>
    [Range(1L << 16, 1L << 40)]
    public long BytesPerSecond { get; init; } = 50L << 20;
}
