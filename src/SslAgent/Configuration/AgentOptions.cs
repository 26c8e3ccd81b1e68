using System.ComponentModel.DataAnnotations;

namespace SslAgent.Configuration;

/// <summary>Section <c>agent</c>: where the agent lives and what its chance is drawn from.</summary>
internal sealed record AgentOptions
{
    /// <summary>Directory of journal, versions, lock and control socket. Made where it is missing. One daemon at a time. Default <c>/var/lib/sslagent</c>.</summary>
    [Required, MinLength(1)]
    public string StateDirectory { get; init; } = "/var/lib/sslagent";

    /// <summary>Every random draw is a function of this number and of where it happens. Fixed when the state is first made. Default 1.</summary>
    [Range(0, long.MaxValue)]
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Sets the existing lineage aside, under <c>lineages/</c> in the state directory, and begins a new one from the stream's beginning. For one start
    /// only: <c>sslagent run --new-lineage</c>. Default false.
    /// </summary>
    public bool NewLineage { get; internal init; }

    /// <summary>
    /// Bytes that the agent leaves free on the state directory's volume: below it ingest and saves wait, so that decisions and a resume point still find
    /// room. 0 does not look. Default 1 GiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long DiskFreeMin { get; init; } = 1L << 30;

    /// <summary>Longest time from SIGTERM to exit: the step is finished, a resume point written. 1 s to 10 min, default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ShutdownLimit { get; init; } = TimeSpan.FromSeconds(30);
}
