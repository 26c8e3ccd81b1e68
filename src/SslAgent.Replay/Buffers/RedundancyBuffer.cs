namespace SslAgent.Replay;

/// <summary>
/// The buffer of the policies that ask the model who is redundant (<see cref="ReplayPolicy.Minred"/>, <see cref="ReplayPolicy.Hybrid"/>). The model is asked at a
/// cycle's end and its answer stands in the journal, so between two cycles nobody who was weighed leaves: what is new waits beside the capacity, itself a bounded
/// sample by priority. <see cref="Settle"/> makes those that the cycle had weighed members; where there are still too many of them (no embeddings yet, no answer
/// in the journal), the largest priorities leave, as in a reservoir. Not thread-safe.
/// </summary>
internal sealed class RedundancyBuffer(ReplayPolicy policy, int countMax, long bytesMax, int freshMax, long freshBytesMax) : IReplayBuffer
{
    private readonly EntryHeap _weighed = new();
    private readonly EntryHeap _new = new();

    // No new one with this priority or a larger one is let in before the next cycle's end: whoever came in between had the same chance.
    private ulong _threshold = ulong.MaxValue;

    public int Count => _weighed.Count + _new.Count;

    public long Bytes => _weighed.Bytes + _new.Bytes;

    public long Evicted { get; private set; }

    public Entry[] Entries() => [.. _weighed.Entries, .. _new.Entries];

    /// <summary>Those that no cycle has weighed yet.</summary>
    public ReadOnlySpan<Entry> Unweighed => _new.Entries;

    public void Offer(Entry entry)
    {
        // What would not fit alone must not push everything else out.
        if (entry.Priority >= _threshold || countMax == 0 || entry.Bytes > bytesMax)
        {
            Evicted++;
            return;
        }

        _new.Push(entry);
        while (IsBeyondAll)
        {
            _threshold = Math.Min(_threshold, _new.Pop().Priority);
            Evicted++;
        }
    }

    public int RemoveAll(Predicate<Entry> match) => _weighed.RemoveAll(match) + _new.RemoveAll(match);

    public void Settle(long begun)
    {
        foreach (Entry entry in Entry.Sorted(_new.Entries.ToArray()))
        {
            if (!entry.IsSince(begun)) _weighed.Push(entry);
        }

        _new.RemoveAll(entry => !entry.IsSince(begun));
        _threshold = ulong.MaxValue;
        FitWeighed();
    }

    public SavedBuffer Save() => new(
        policy, Evicted, Entry.Sorted(Entries()), [.. Entry.Sorted(_new.Entries.ToArray()).Select(entry => entry.Id)], [(0, _threshold)]);

    public void Load(SavedBuffer saved)
    {
        _weighed.Clear();
        _new.Clear();
        HashSet<long> unweighed = [.. saved.Unweighed];
        foreach (Entry entry in saved.Entries) (unweighed.Contains(entry.Id) ? _new : _weighed).Push(entry);
        bool isOwn = saved.Policy is ReplayPolicy.Minred or ReplayPolicy.Hybrid;
        (Evicted, _threshold) = (saved.Evicted, isOwn ? saved.Thresholds[0].Priority : ulong.MaxValue);
        FitWeighed();
        while (_new.Count > 0 && IsBeyondAll)
        {
            _new.Pop();
            Evicted++;
        }
    }

    // Widely apart from overflow: each limit may be the largest number there is.
    private bool IsBeyondAll => (long)Count > (long)countMax + freshMax || (Bytes > bytesMax && Bytes - bytesMax > freshBytesMax);

    private void FitWeighed()
    {
        while (_weighed.Count > countMax || _weighed.Bytes > bytesMax)
        {
            _weighed.Pop();
            Evicted++;
        }
    }
}
