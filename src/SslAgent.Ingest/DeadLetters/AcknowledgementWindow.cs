using SslAgent.Domain;

namespace SslAgent.Ingest.DeadLetters;

/// <summary>
/// Records under way, oldest first. Acknowledgements come in any order; what counts is how far everything before is done. Safe for
/// any thread.
/// </summary>
/// <param name="bytesMax">Bytes under way that close the window; one record more is let in, however large.</param>
internal sealed class AcknowledgementWindow(int pendingMax, long bytesMax)
{
    private readonly Lock _gate = new();
    private readonly Queue<Entry> _pending = new();
    private long _bytes;
    private long _submitted = -1;
    private long _doneThrough = -1;

    /// <summary>Everything submitted up to here, this one included, is done; -1 before the first.</summary>
    public long DoneThrough
    {
        get
        {
            lock (_gate) return _doneThrough;
        }
    }

    public int PendingCount
    {
        get
        {
            lock (_gate) return _pending.Count;
        }
    }

    /// <summary>Enters a record, or gives null where the window is full. Sequences must rise.</summary>
    public Entry? TryEnter(long sequence, long bytes)
    {
        lock (_gate)
        {
            Check.That(sequence > _submitted, "records are submitted in the journal's order");
            if (_pending.Count >= pendingMax || _bytes >= bytesMax) return null;
            _submitted = sequence;
            _bytes += bytes;
            var entry = new Entry(sequence, bytes);
            _pending.Enqueue(entry);
            return entry;
        }
    }

    public void Done(Entry entry)
    {
        lock (_gate)
        {
            if (!entry.IsDone) _bytes -= entry.Bytes;
            entry.IsDone = true;
            while (_pending.TryPeek(out Entry? oldest) && oldest.IsDone) _doneThrough = _pending.Dequeue().Sequence;
        }
    }

    internal sealed class Entry(long sequence, long bytes)
    {
        public long Sequence { get; } = sequence;

        public long Bytes { get; } = bytes;

        public bool IsDone { get; set; }
    }
}
