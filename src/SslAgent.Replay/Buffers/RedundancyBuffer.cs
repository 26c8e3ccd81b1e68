namespace SslAgent.Replay;

/// <summary>
/// The buffer of the policies that ask the model who is redundant (<see cref="ReplayPolicy.Minred"/>, <see cref="ReplayPolicy.Hybrid"/>). The model is asked at a
/// cycle's end and its answer stands in the journal; between two answers nobody who was weighed leaves:
/// <code>
/// offered ─► new ─(a cycle begins)─► in the cycle ─(it ends; whom it found redundant is gone)─► weighed
///             └──────◄──(it is abandoned or rejected)──────┘
/// </code>
/// What is new, and what is in the cycle, are bounded by themselves, as reservoirs are: so what is here when a cycle begins does not depend on where between the
/// samples the one before came to its end, which is a matter of the load. Where there are too many weighed ones all the same (no embeddings yet, no answer in
/// the journal), the largest priorities leave. Not thread-safe.
/// </summary>
internal sealed class RedundancyBuffer(ReplayPolicy policy, int countMax, long bytesMax, int freshMax, long freshBytesMax) : IReplayBuffer
{
    private readonly EntryHeap _weighed = new();
    private readonly Reservoir _new = new(freshMax, freshBytesMax);
    private readonly Reservoir _inCycle = new(freshMax, freshBytesMax);
    private long _evicted;

    public int Count => _weighed.Count + _inCycle.Count + _new.Count;

    public long Bytes => _weighed.Bytes + _inCycle.Bytes + _new.Bytes;

    public long Evicted => _evicted + _inCycle.Evicted + _new.Evicted;

    public Entry[] Entries() => [.. _weighed.Entries, .. _inCycle.Entries(), .. _new.Entries()];

    /// <summary>Those that the cycle which is on is the first to weigh.</summary>
    public Entry[] InCycle() => _inCycle.Entries();

    public void Offer(Entry entry)
    {
        // What would not fit alone must not push everything else out.
        if (countMax == 0 || entry.Bytes > bytesMax) _evicted++;
        else _new.Offer(entry);
    }

    public int RemoveAll(Predicate<Entry> match) => _weighed.RemoveAll(match) + _inCycle.RemoveAll(match) + _new.RemoveAll(match);

    public void Begin() => _inCycle.TakeOver(_new);

    public void Settle()
    {
        foreach (Entry entry in _inCycle.Sorted()) _weighed.Push(entry);
        _evicted += _inCycle.Evicted;
        _inCycle.Clear();
        FitWeighed();
    }

    public void GiveBack() => _new.TakeOver(_inCycle);

    public SavedBuffer Save() => new(
        policy, _evicted, Entry.Sorted([.. _weighed.Entries]), [])
    {
        InCycle = _inCycle.Save(),
        New = _new.Save(),
    };

    public void Load(SavedBuffer saved)
    {
        _weighed.Clear();
        foreach (Entry entry in saved.Entries) _weighed.Push(entry);
        _evicted = saved.Evicted;
        _inCycle.Load(saved.InCycle ?? SavedBuffer.Empty);
        _new.Load(saved.New ?? SavedBuffer.Empty);
        FitWeighed();
    }

    private void FitWeighed()
    {
        while (_weighed.Count > countMax || _weighed.Bytes > bytesMax)
        {
            _weighed.Pop();
            _evicted++;
        }
    }
}
