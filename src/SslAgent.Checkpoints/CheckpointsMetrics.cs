using System.Diagnostics.Metrics;

namespace SslAgent.Checkpoints;

/// <summary>Every instrument of this room.</summary>
internal static class CheckpointsMetrics
{
    private static readonly Meter Meter = new("SslAgent.Checkpoints");

    private static readonly Histogram<double> SaveSeconds = Meter.CreateHistogram<double>(
        "sslagent.checkpoints.save.duration", "s", "Time from the first byte of a version to its publication");

    private static readonly Counter<long> SaveBytes = Meter.CreateCounter<long>(
        "sslagent.checkpoints.save.bytes", "By", "Bytes written for published versions");

    private static readonly Counter<long> SaveFailures = Meter.CreateCounter<long>(
        "sslagent.checkpoints.save.failures", "{attempt}", "Attempts to save a version that failed");

    public static void Saved(TimeSpan elapsed, long bytes)
    {
        SaveSeconds.Record(elapsed.TotalSeconds);
        SaveBytes.Add(bytes);
    }

    public static void SaveFailed() => SaveFailures.Add(1);
}
