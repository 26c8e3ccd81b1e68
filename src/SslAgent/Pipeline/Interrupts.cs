namespace SslAgent.Pipeline;

/// <summary>Why a running cycle should stop early. Set from any thread, read by the learner thread between steps.</summary>
internal sealed class Interrupts
{
    private volatile bool _stopping;
    private int _orders;

    /// <summary>The daemon is shutting down: finish the step, write a resume point.</summary>
    public bool IsStopping => _stopping;

    /// <summary>An order waits that cuts the cycle off (a rollback).</summary>
    public bool HasOrder => Volatile.Read(ref _orders) > 0;

    public void Stop() => _stopping = true;

    public void OrderPosted() => Interlocked.Increment(ref _orders);

    public void OrderTaken() => Interlocked.Decrement(ref _orders);
}
