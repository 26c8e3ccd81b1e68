namespace SslAgent.Pipeline;

/// <summary>Why a running cycle should stop early. Set from any thread, read by the learner thread between steps.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private int _orders;

    /// <summary>The daemon is shutting down: finish the step, write a resume point.</summary>
    public bool IsStopping => _stopping.IsCancellationRequested;

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>An order waits that cuts the cycle off (a rollback).</summary>
    public bool HasOrder => Volatile.Read(ref _orders) > 0;

    public void Stop() => _stopping.Cancel();

    public void OrderPosted() => Interlocked.Increment(ref _orders);

    public void OrderTaken() => Interlocked.Decrement(ref _orders);

    public void Dispose() => _stopping.Dispose();
}
