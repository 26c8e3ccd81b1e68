using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// A uniform sample of everything offered, bounded in count and bytes: of all entries ever offered those with the smallest priorities that
/// fit are kept. The smallest priority that ever had to leave is remembered and nothing at or above it is let in again, so the content
/// does not depend on the order of arrival, and everything offered had the same chance. Not thread-safe.
/// </summary>
internal sealed class Reservoir(int countMax, long bytesMax) : IReplayBuffer
{
    private readonly EntryHeap _heap = new();
    private ulong _threshold = ulong.MaxValue;

    public int Count => _heap.Count;

    public long Bytes => _heap.Bytes;

    public long Evicted { get; private set; }

    /// <summary>The largest priority here: whoever has it leaves next.</summary>
    public ulong Top => _heap.Top.Priority;

    /// <summary>
    /// By the sample's place among the admitted ones, not by its number in the journal: decisions stand between samples where the load put them, and
    /// chance must not depend on that.
    /// </summary>
    public static ulong PriorityOf(ulong seed, long ordinal, Modality modality) => new Philox(new DrawKey(
        seed, unchecked((int)(ordinal >> 32)), unchecked((int)ordinal), ChanceStream.Reservoir, (int)modality)).NextUInt64();

    public Entry[] Entries() => _heap.Entries.ToArray();

    public void Offer(Entry entry)
    {
        // What would not fit alone must not push everything else out.
        if (entry.Priority >= _threshold || countMax == 0 || entry.Bytes > bytesMax)
        {
            Evicted++;
            return;
        }

        _heap.Push(entry);
        while (_heap.Count > countMax || Bytes > bytesMax) EvictTop();
    }

    /// <summary>Whoever has the largest priority leaves.</summary>
    public void EvictTop()
    {
        _threshold = Math.Min(_threshold, _heap.Pop().Priority);
        Evicted++;
    }

    /// <summary>The threshold stays, so what is left is still a uniform sample of the rest.</summary>
    public int RemoveAll(Predicate<Entry> match) => _heap.RemoveAll(match);

    /// <summary>Becomes the uniform sample of what was offered to either; the other begins anew.</summary>
    public void TakeOver(Reservoir other)
    {
        _threshold = Math.Min(_threshold, other._threshold);
        Evicted += other.Evicted + RemoveAll(entry => entry.Priority >= _threshold);
        foreach (Entry entry in other.Sorted()) Offer(entry);
        other.Clear();
    }

    /// <summary>Begins anew, as if nothing had ever been offered.</summary>
    public void Clear()
    {
        _heap.Clear();
        (Evicted, _threshold) = (0, ulong.MaxValue);
    }

    /// <summary>The entries in order of their ids.</summary>
    public Entry[] Sorted() => Entry.Sorted(Entries());

    public SavedBuffer Save() => new(ReplayPolicy.Reservoir, Evicted, Sorted(), [(0, _threshold)]);

    public void Load(SavedBuffer saved)
    {
        Clear();
        foreach (Entry entry in saved.ByArrival) Offer(entry);
        Evicted += saved.EvictedInAll;
        // Another policy's thresholds say nothing of the whole stream.
        if (saved.Policy == ReplayPolicy.Reservoir) LetIn(below: saved.Thresholds[0].Priority);
    }

    /// <summary>Nothing with this priority or a larger one comes in any more.</summary>
    public void LetIn(ulong below) => _threshold = Math.Min(_threshold, below);

    /// <summary>The smallest priority that ever had to leave.</summary>
    public ulong Threshold => _threshold;
}
