using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Producing;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// Reads a finite source as if it were one partition of a topic: the n-th message has offset n, so the journal knows how far it came, and a later life goes
/// on there. Reads on a thread of its own into a bounded queue. Nobody has to be told what is durable.
/// </summary>
/// <param name="topic">Names the source and its content: the same name has to mean the same messages in the same order.</param>
public sealed class SourceReader(string topic, IMessageSource source, IPartitionPositions positions, int queueMessages, long queueBytes, TimeProvider time) : IStreamReader
{
    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(250);

    private readonly DeliveryQueue _queue = new(queueMessages, queueBytes);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _exhausted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private long _next;

    public IReadOnlyList<PartitionProgress> Progress => [new PartitionProgress(topic, 0, 0, Interlocked.Read(ref _next), null)];

    public string? Problem => null;

    /// <summary>Only when it was stopped: an exhausted source leaves the daemon at work on what it brought.</summary>
    public bool IsCompleted => _queue.IsCompleted;

    /// <summary>Ends when every message is in the queue, with the reason where the source cannot be read.</summary>
    public Task Exhausted => _exhausted.Task;

    /// <summary>Messages that the source has given so far, those of earlier lives among them.</summary>
    public long Given => Interlocked.Read(ref _next);

    public void Start()
    {
        _thread = new Thread(Run) { Name = "source", IsBackground = true };
        _thread.Start();
    }

    public int Take(List<StreamEvent> into, int countMax, TimeSpan wait, CancellationToken cancellation) => _queue.Take(into, countMax, wait, cancellation);

    public void Commit(IReadOnlyList<PartitionPosition> positions) { }

    public void StopReading()
    {
        _stop.Cancel();
        if (_thread is null || !_thread.IsAlive) _queue.Complete();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            ReadAsync().GetAwaiter().GetResult();
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

    private async Task ReadAsync()
    {
        long known = positions.Find(topic, 0)?.NextOffset ?? 0;
        await foreach (OutgoingMessage message in source.Messages(_stop.Token))
        {
            long offset = _next;
            if (offset >= known)
            {
                while (!_queue.WaitForRoom(RoomWait)) _stop.Token.ThrowIfCancellationRequested();
                long now = time.GetUtcNow().ToUnixTimeMilliseconds();
                _queue.Add(new StreamEvent.Delivered(new Delivery(new SourceOffset(topic, 0, 0, offset), now, message.Key, message.Value, message.Headers)));
            }

            Interlocked.Increment(ref _next);
            _stop.Token.ThrowIfCancellationRequested();
        }
    }
}
