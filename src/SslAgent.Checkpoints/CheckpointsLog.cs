using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>Every line that this room logs; event ids 5000 to 5999.</summary>
internal static partial class CheckpointsLog
{
    [LoggerMessage(5000, LogLevel.Warning, "On opening the version store: {Finding}")]
    public static partial void Found(ILogger log, string finding);

    [LoggerMessage(5001, LogLevel.Information, "Published {Version} ({Verdict}): {Bytes} bytes in {Milliseconds:F0} ms")]
    public static partial void Published(ILogger log, ModelVersion version, VerdictKind verdict, long bytes, double milliseconds);

    [LoggerMessage(5002, LogLevel.Information, "HEAD is {Head}, SERVING is {Serving} after a verdict of {Verdict}")]
    public static partial void PointersMoved(ILogger log, string head, string serving, VerdictKind verdict);

    [LoggerMessage(5003, LogLevel.Information, "Retention deleted {Deleted} versions and the moments of {Dropped} others: {Bytes} bytes")]
    public static partial void Pruned(ILogger log, int deleted, int dropped, long bytes);

    [LoggerMessage(5010, LogLevel.Error, "Saving {Version} failed (attempt {Attempt}), the next attempt is in {Pause}")]
    public static partial void SaveFailed(ILogger log, ModelVersion version, int attempt, TimeSpan pause, Exception fault);

    [LoggerMessage(5011, LogLevel.Error, "Saving {Version} is given up")]
    public static partial void SaveGivenUp(ILogger log, ModelVersion version, Exception fault);

    [LoggerMessage(5012, LogLevel.Error, "Retention failed; it is tried again after the next save")]
    public static partial void PruneFailed(ILogger log, Exception fault);
}
