using System.Runtime.InteropServices;
using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>A sample, or a pair of two, as the buffer knows it.</summary>
/// <param name="Id">The sample; of a pair the frame's.</param>
/// <param name="OtherId">Of a pair the text's; otherwise the same as <paramref name="Id"/>.</param>
/// <param name="Priority">Where it stands in the random order that decides who stays: small ones stay.</param>
/// <param name="Bytes">Content that it stands for.</param>
/// <param name="TextHash">Of its text, or 0.</param>
/// <param name="Source">The source's number in <see cref="SourceTable"/>.</param>
internal readonly record struct Entry(long Id, long OtherId, ulong Priority, long Bytes, ulong TextHash, int Source)
{
    public bool IsSince(long position) => Id >= position || OtherId >= position;

    public bool Has(long id) => Id == id || OtherId == id;
}

/// <summary>
/// A uniform sample of everything offered, bounded in count and bytes: of all entries ever offered those with the smallest priorities that
/// fit are kept. The smallest priority that ever had to leave is remembered and nothing at or above it is let in again, so the content
/// does not depend on the order of arrival, and everything offered had the same chance. Not thread-safe.
/// </summary>
internal sealed class Reservoir(int countMax, long bytesMax)
{
    // A binary heap with the largest priority on top; its inner order means nothing and is never stored.
    private readonly List<Entry> _heap = [];
    private ulong _threshold = ulong.MaxValue;

    public int Count => _heap.Count;

    public long Bytes { get; private set; }

    /// <summary>Entries that left for lack of room, or were not let in.</summary>
    public long Evicted { get; private set; }

    public ReadOnlySpan<Entry> Entries => CollectionsMarshal.AsSpan(_heap);

    /// <summary>
    /// By the sample's place among the admitted ones, not by its number in the journal: decisions stand between samples where the load put them, and
    /// chance must not depend on that.
    /// </summary>
    public static ulong PriorityOf(ulong seed, long ordinal, Modality modality) => new Philox(new DrawKey(
        seed, unchecked((int)(ordinal >> 32)), unchecked((int)ordinal), ChanceStream.Reservoir, (int)modality)).NextUInt64();

    public void Offer(Entry entry)
    {
        // What would not fit alone must not push everything else out.
        if (entry.Priority >= _threshold || countMax == 0 || entry.Bytes > bytesMax)
        {
            Evicted++;
            return;
        }

        Push(entry);
        while (_heap.Count > countMax || Bytes > bytesMax)
        {
            _threshold = Math.Min(_threshold, Pop().Priority);
            Evicted++;
        }
    }

    /// <summary>
    /// Takes entries out that must not be drawn again. The threshold stays, so what is left is still a uniform sample of the rest.
    /// </summary>
    public int RemoveAll(Predicate<Entry> match)
    {
        int removed = _heap.RemoveAll(match);
        if (removed == 0) return 0;
        Bytes = 0;
        foreach (Entry entry in _heap) Bytes += entry.Bytes;
        for (int i = _heap.Count / 2 - 1; i >= 0; i--) SiftDown(i);
        return removed;
    }

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
        (Bytes, Evicted, _threshold) = (0, 0, ulong.MaxValue);
    }

    /// <summary>The entries in order of their ids: the one order that does not depend on how they came to be here.</summary>
    public Entry[] Sorted()
    {
        Entry[] entries = [.. _heap];
        Array.Sort(entries, static (left, right) =>
            left.Id != right.Id ? left.Id.CompareTo(right.Id) : left.OtherId.CompareTo(right.OtherId));
        return entries;
    }

    public void Save(BinaryWriter to)
    {
        to.Write(_threshold);
        to.Write(Evicted);
        to.Write(_heap.Count);
        foreach (Entry entry in Sorted())
        {
            to.Write(entry.Id);
            to.Write(entry.OtherId);
            to.Write(entry.Priority);
            to.Write(entry.Bytes);
            to.Write(entry.TextHash);
            to.Write(entry.Source);
        }
    }

    /// <summary>Reads what was saved; where the limits have become smaller since, the largest priorities leave.</summary>
    public void Load(BinaryReader from)
    {
        Clear();
        ulong threshold = from.ReadUInt64();
        long evicted = from.ReadInt64();
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            Offer(new Entry(
                from.ReadInt64(), from.ReadInt64(), from.ReadUInt64(), from.ReadInt64(), from.ReadUInt64(), from.ReadInt32()));
        }

        Evicted += evicted;
        _threshold = Math.Min(_threshold, threshold);
    }

    private static bool IsAbove(in Entry left, in Entry right) =>
        left.Priority != right.Priority ? left.Priority > right.Priority : left.Id > right.Id;

    private void Push(Entry entry)
    {
        _heap.Add(entry);
        Bytes += entry.Bytes;
        Span<Entry> heap = CollectionsMarshal.AsSpan(_heap);
        for (int child = heap.Length - 1; child > 0;)
        {
            int parent = (child - 1) / 2;
            if (!IsAbove(heap[child], heap[parent])) break;
            (heap[child], heap[parent]) = (heap[parent], heap[child]);
            child = parent;
        }
    }

    private Entry Pop()
    {
        Entry top = _heap[0];
        _heap[0] = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        Bytes -= top.Bytes;
        SiftDown(0);
        return top;
    }

    private void SiftDown(int parent)
    {
        Span<Entry> heap = CollectionsMarshal.AsSpan(_heap);
        while (true)
        {
            int largest = 2 * parent + 1;
            if (largest >= heap.Length) return;
            if (largest + 1 < heap.Length && IsAbove(heap[largest + 1], heap[largest])) largest++;
            if (!IsAbove(heap[largest], heap[parent])) return;
            (heap[largest], heap[parent]) = (heap[parent], heap[largest]);
            parent = largest;
        }
    }
}
