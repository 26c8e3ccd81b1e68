using System.Runtime.InteropServices;

namespace SslAgent.Replay;

/// <summary>Entries with the largest priority on top, and the bytes that they stand for. Not thread-safe.</summary>
internal sealed class EntryHeap
{
    // A binary heap; its inner order means nothing and is never stored.
    private readonly List<Entry> _heap = [];

    public int Count => _heap.Count;

    public long Bytes { get; private set; }

    public Entry Top => _heap[0];

    public ReadOnlySpan<Entry> Entries => CollectionsMarshal.AsSpan(_heap);

    public void Push(Entry entry)
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

    public Entry Pop()
    {
        Entry top = _heap[0];
        _heap[0] = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        Bytes -= top.Bytes;
        SiftDown(0);
        return top;
    }

    public int RemoveAll(Predicate<Entry> match)
    {
        int removed = _heap.RemoveAll(match);
        if (removed == 0) return 0;
        Bytes = 0;
        foreach (Entry entry in _heap) Bytes += entry.Bytes;
        for (int i = _heap.Count / 2 - 1; i >= 0; i--) SiftDown(i);
        return removed;
    }

    public void Clear()
    {
        _heap.Clear();
        Bytes = 0;
    }

    private static bool IsAbove(in Entry left, in Entry right) =>
        left.Priority != right.Priority ? left.Priority > right.Priority : left.Id > right.Id;

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
