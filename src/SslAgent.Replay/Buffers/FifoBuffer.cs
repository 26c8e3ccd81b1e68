namespace SslAgent.Replay;

/// <summary>The newest that fit: the oldest leaves first. Forgets a world that is over as fast as the buffer is small; a baseline, and right where only the latest counts. Not thread-safe.</summary>
internal sealed class FifoBuffer(int countMax, long bytesMax) : IReplayBuffer
{
    // In the order of arrival.
    private Queue<Entry> _queue = new();

    public int Count => _queue.Count;

    public long Bytes { get; private set; }

    public long Evicted { get; private set; }

    public Entry[] Entries() => [.. _queue];

    public void Offer(Entry entry)
    {
        // What would not fit alone must not push everything else out.
        if (countMax == 0 || entry.Bytes > bytesMax)
        {
            Evicted++;
            return;
        }

        _queue.Enqueue(entry);
        Bytes += entry.Bytes;
        while (_queue.Count > countMax || Bytes > bytesMax)
        {
            Bytes -= _queue.Dequeue().Bytes;
            Evicted++;
        }
    }

    public int RemoveAll(Predicate<Entry> match)
    {
        int before = _queue.Count;
        _queue = new Queue<Entry>(_queue.Where(entry => !match(entry)));
        Bytes = _queue.Sum(entry => entry.Bytes);
        return before - _queue.Count;
    }

    public SavedBuffer Save() => new(ReplayPolicy.Fifo, Evicted, Entry.Sorted(Entries()), []);

    public void Load(SavedBuffer saved)
    {
        _queue.Clear();
        (Bytes, Evicted) = (0, saved.EvictedInAll);
        foreach (Entry entry in saved.ByArrival) Offer(entry);
    }
}
