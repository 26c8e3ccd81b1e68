using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// A thread that reads a source to its end into a bounded queue, and then waits to be stopped: an exhausted source leaves the daemon at work on what it brought. Whoever made it disposes it.
/// </summary>
/// <param name="read">Reads all, and adds through <see cref="Add"/>; ends early where the token says so. On the thread.</param>
internal sealed class FiniteReading(string name, Action<CancellationToken> read, int queueMessages, long queueBytes) : IDisposable
{
    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(250);

    private readonly DeliveryQueue _queue = new(queueMessages, queueBytes);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _exhausted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private bool _isDisposed;

    /// <summary>Only when it was stopped, and all was taken.</summary>
    public bool IsCompleted => _queue.IsCompleted;

    public Task Exhausted => _exhausted.Task;

    public void Start()
    {
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits for room. The reading thread's.</summary>
    public void Add(StreamEvent item)
    {
        while (!_queue.WaitForRoom(RoomWait)) _stop.Token.ThrowIfCancellationRequested();
        _queue.Add(item);
    }

    /// <summary>Adds what is not worth waiting for. The reading thread's.</summary>
    public void Offer(StreamEvent item)
    {
        if (_queue.HasRoom) _queue.Add(item);
    }

    public int Take(List<StreamEvent> into, int countMax, TimeSpan wait, CancellationToken cancellation) => _queue.Take(into, countMax, wait, cancellation);

    public void Stop()
    {
        _stop.Cancel();
        if (_thread is null || !_thread.IsAlive) _queue.Complete();
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _stop.Cancel();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            read(_stop.Token);
            _exhausted.TrySetResult();
            _stop.Token.WaitHandle.WaitOne();
            _queue.Complete();
        }
        catch (OperationCanceledException)
        {
            _exhausted.TrySetCanceled();
            _queue.Complete();
        }
        catch (Exception wrong)
        {
            // Policy: the thread's end is the reader's end; whoever takes the next event, or waits for the last one, meets the reason.
            _exhausted.TrySetException(wrong);
            _queue.Complete(wrong);
        }
    }
}
