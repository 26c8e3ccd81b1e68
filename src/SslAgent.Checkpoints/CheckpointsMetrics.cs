using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>Every instrument of this room; docs/metrics.md lists them.</summary>
internal static class CheckpointsMetrics
{
    private static readonly Meter Meter = new("SslAgent.Checkpoints");

    private static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "sslagent.checkpoints.published", "{version}", "Published versions by verdict");

    private static readonly Histogram<double> SaveSeconds = Meter.CreateHistogram(
        "sslagent.checkpoints.save.duration", "s", "Time from the first byte of a version to its publication",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] });

    private static readonly Counter<long> SaveBytes = Meter.CreateCounter<long>(
        "sslagent.checkpoints.save.bytes", "By", "Bytes written for published versions");

    private static readonly Counter<long> SaveFailures = Meter.CreateCounter<long>(
        "sslagent.checkpoints.save.failures", "{attempt}", "Attempts to save a version that failed");

    public static void Saved(VerdictKind verdict, TimeSpan elapsed, long bytes)
    {
        string word = verdict switch { VerdictKind.Promote => "promote", VerdictKind.Hold => "hold", _ => "reject" };
        Published.Add(1, new KeyValuePair<string, object?>("verdict", word));
        SaveSeconds.Record(elapsed.TotalSeconds);
        SaveBytes.Add(bytes);
    }

    public static void SaveFailed() => SaveFailures.Add(1);
}
