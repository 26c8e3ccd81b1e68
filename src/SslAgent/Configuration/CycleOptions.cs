using System.ComponentModel.DataAnnotations;

namespace SslAgent.Configuration;

/// <summary>
/// Section <c>cycle</c>: when training cycles start and when they end. Several triggers may be on together; never do two cycles run at once.
/// </summary>
internal sealed record CycleOptions
{
    /// <summary>A cycle starts this long after the last one started. Null: no timer. 1 s to 30 d, default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Quartz cron expression in UTC (seconds first: <c>0 0 3 * * ?</c> is daily at three). Null: none. Default null.</summary>
    public string? Cron { get; init; }

    /// <summary>A cycle starts at every so many samples admitted since the last one. Null: no such trigger. Default null.</summary>
    [Range(1, int.MaxValue)]
    public int? SamplesTrigger { get; init; }

    /// <summary>
    /// Whether ingest waits for the learner at the samples trigger. Cycles then begin at exact places of the stream, so that runs over the
    /// same stream are the same; a stream that is faster than the learner waits in Kafka. Default false.
    /// </summary>
    public bool WaitForLearner { get; init; }

    /// <summary>Samples in the replay buffer before the first cycle may start. Default 64.</summary>
    [Range(1, int.MaxValue)]
    public int SamplesMin { get; init; } = 64;

    /// <summary>Optimizer steps of one cycle, at most. Default 1000.</summary>
    [Range(1, 100_000_000)]
    public int StepsMax { get; init; } = 1000;

    /// <summary>Optimizer steps of one cycle, at least: a cycle is worth its probes then. No more than stepsMax count. Default 100.</summary>
    [Range(1, 100_000_000)]
    public int StepsMin { get; init; } = 100;

    /// <summary>
    /// Rows drawn, fresh and replayed together, for each sample admitted since the last cycle began: the steps of a cycle are these divided by the batch size, between
    /// stepsMin and stepsMax. Too many learn few new samples by heart, too few learn little from them. Null: always stepsMax. Default 64.
    /// </summary>
    [Range(0.01, 1_000_000)]
    public double? UpdatesPerSample { get; init; } = 64;

    /// <summary>Training time of one cycle, at most; the version is then made of the steps done. Null: no limit. 1 s to 7 d, default 30 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan? TimeMax { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A resume point is written this often inside a long cycle, so that a crash repeats no more than that. 10 s to 1 d, default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan ResumePointInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <param name="fresh">Samples admitted since the last cycle began.</param>
    /// <param name="rowsPerStep">Rows that one step draws.</param>
    public int StepsFor(long fresh, double rowsPerStep) => UpdatesPerSample is { } updates
        ? (int)Math.Clamp(Math.Round(updates * fresh / rowsPerStep), Math.Min(StepsMin, StepsMax), StepsMax)
        : StepsMax;

    public IEnumerable<string> Faults()
    {
        if (Interval is null && Cron is null && SamplesTrigger is null)
            yield return "interval, cron and samplesTrigger are all null: no cycle would ever start; set one of them";
        if (Cron is not null && !Quartz.CronExpression.TryParse(Cron, out _))
            yield return $"cron = \"{Cron}\" is not a Quartz cron expression (seconds minutes hours day-of-month month day-of-week [year]; daily at three is \"0 0 3 * * ?\")";
    }
}
