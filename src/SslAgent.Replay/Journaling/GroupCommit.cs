namespace SslAgent.Replay;

/// <summary>
/// When waiting records are fsynced: once the oldest has waited for the delay, or once they fill the bytes. Pure; the caller brings the
/// time. Not thread-safe.
/// </summary>
internal sealed class GroupCommit(TimeSpan delay, long bytesMax)
{
    private long? _oldestAt;

    /// <summary>A record began to wait.</summary>
    /// <param name="timestamp">As <see cref="TimeProvider.GetTimestamp"/> gives it: clock jumps do not matter.</param>
    public void Appended(long timestamp) => _oldestAt ??= timestamp;

    /// <summary>Nothing older than this moment waits any more.</summary>
    public void Synced() => _oldestAt = null;

    /// <summary>How long until a sync is due: zero when it is, null when nothing waits.</summary>
    public TimeSpan? DueIn(long pendingBytes, TimeProvider time)
    {
        if (_oldestAt is not { } oldest) return null;
        if (pendingBytes >= bytesMax) return TimeSpan.Zero;
        TimeSpan left = delay - time.GetElapsedTime(oldest);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
