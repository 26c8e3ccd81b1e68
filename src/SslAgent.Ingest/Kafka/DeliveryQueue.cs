namespace SslAgent.Ingest.Kafka;

/// <summary>
/// The bounded way from the poll thread to the ingest thread: so many events and so many bytes; overflow policy: the writer waits, then
/// pauses Kafka. The writer asks for room before each message, so at most one message is above the limit, whatever its size.
/// Two dedicated threads, one on each side; nothing here is asynchronous.
/// </summary>
internal sealed class DeliveryQueue(int countMax, long bytesMax)
{
    private readonly object _gate = new();
    private readonly Queue<StreamEvent> _events = new();
    private long _bytes;
    private bool _completed;
    private Exception? _failure;

    /// <summary>True when there is room for one more message.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate) return HasRoom_NeedsLock();
        }
    }

    /// <summary>True when so much has been taken that reading may go on; the distance to <see cref="HasRoom"/> keeps pauses rare.</summary>
    public bool IsHalfEmpty
    {
        get
        {
            lock (_gate) return _events.Count <= countMax / 2 && _bytes <= bytesMax / 2;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate) return _events.Count;
        }
    }

    public void Add(StreamEvent item)
    {
        lock (_gate)
        {
            if (_completed) return;
            _events.Enqueue(item);
            _bytes += BytesOf(item);
            if (_events.Count == 1) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until there is room, at most so long; true when there is.</summary>
    public bool WaitForRoom(TimeSpan wait)
    {
        lock (_gate) return HasRoom_NeedsLock() || (Monitor.Wait(_gate, wait) && HasRoom_NeedsLock());
    }

    /// <summary>
    /// Moves up to <paramref name="takeMax"/> events into the list, waiting at most so long for the first. 0 after the wait, after cancellation, or at the
    /// end; at a failed end throws it.
    /// </summary>
    public int Take(List<StreamEvent> into, int takeMax, TimeSpan wait, CancellationToken cancellation)
    {
        using CancellationTokenRegistration wake = cancellation.Register(WakeAll);
        lock (_gate)
        {
            if (_events.Count == 0 && !_completed && !cancellation.IsCancellationRequested) Monitor.Wait(_gate, wait);
            if (_events.Count == 0 && _failure is not null) throw new KafkaReadException($"reading ended: {_failure.Message}", _failure);
            bool wasFull = !HasRoom_NeedsLock();
            int taken = 0;
            for (; taken < takeMax && _events.TryDequeue(out StreamEvent? item); taken++)
            {
                _bytes -= BytesOf(item);
                into.Add(item);
            }

            if (wasFull && HasRoom_NeedsLock()) Monitor.PulseAll(_gate);
            return taken;
        }
    }

    /// <summary>True when the writer has ended and everything was taken.</summary>
    public bool IsCompleted
    {
        get
        {
            lock (_gate) return _completed && _events.Count == 0;
        }
    }

    /// <summary>No more events; what is here can still be taken. The first call counts.</summary>
    public void Complete(Exception? failure = null)
    {
        lock (_gate)
        {
            if (_completed) return;
            _completed = true;
            _failure = failure;
            Monitor.PulseAll(_gate);
        }
    }

    private static long BytesOf(StreamEvent item) =>
        item is StreamEvent.Delivered delivered ? delivered.Delivery.Bytes : 0;

    private bool HasRoom_NeedsLock() => _events.Count < countMax && _bytes < bytesMax;

    private void WakeAll()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }
}

/// <summary>The reader's thread ended for a reason that waiting does not heal.</summary>
public sealed class KafkaReadException(string message, Exception? inner = null) : Exception(message, inner);
