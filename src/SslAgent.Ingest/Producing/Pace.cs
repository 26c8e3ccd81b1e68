namespace SslAgent.Ingest.Producing;

/// <summary>When the next message is due at an even rate, counted from the first: a stall is made up for, not carried along.</summary>
internal sealed class Pace(double? perSecond, TimeProvider time)
{
    /// <summary>Waits shorter than a timer's grain are saved up.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);

    private readonly long _start = time.GetTimestamp();
    private long _count;

    /// <summary>How long to wait before the next message; null for not at all.</summary>
    public TimeSpan? Wait()
    {
        if (perSecond is not { } rate) return null;
        TimeSpan wait = TimeSpan.FromSeconds(_count++ / rate) - time.GetElapsedTime(_start);
        return wait >= Grain ? wait : null;
    }
}
