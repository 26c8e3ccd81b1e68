namespace SslAgent.Replay;

/// <summary>
/// An equal share for each source, and within a source a uniform sample of what it ever sent (a <see cref="Reservoir"/>): a camera that sends a thousand times as
/// much as another takes no more of the buffer. Room that a source does not fill goes to the others. The one with the largest share gives, of equal ones that with
/// the larger priority on top, so that no source is favoured. Not thread-safe.
/// </summary>
internal sealed class BalancedBuffer(int countMax, long bytesMax) : IReplayBuffer
{
    private readonly Dictionary<int, Reservoir> _sources = [];

    // The sources that hold something, largest share last: who gives is found without a look at all of them.
    private readonly SortedSet<(double Share, ulong Top, int Source)> _byShare = [];
    private long _notLetIn;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public long Evicted => _notLetIn + _sources.Values.Sum(source => source.Evicted);

    public Entry[] Entries() => [.. _sources.Values.SelectMany(source => source.Entries())];

    public void Offer(Entry entry)
    {
        // What would not fit alone must not push everything else out.
        if (countMax == 0 || entry.Bytes > bytesMax)
        {
            _notLetIn++;
            return;
        }

        Change(SourceOf(entry.Source), entry.Source, source => source.Offer(entry));
        while (Count > countMax || Bytes > bytesMax)
        {
            int largest = _byShare.Max.Source;
            Change(_sources[largest], largest, static source => source.EvictTop());
        }
    }

    public int RemoveAll(Predicate<Entry> match)
    {
        int before = Count;
        foreach ((int number, Reservoir source) in _sources) Change(source, number, one => one.RemoveAll(match));
        return before - Count;
    }

    public SavedBuffer Save() => new(
        ReplayPolicy.Balanced, Evicted, Entry.Sorted(Entries()),
        [.. _sources.OrderBy(source => source.Key).Select(source => (source.Key, source.Value.Threshold))]);

    public void Load(SavedBuffer saved)
    {
        _sources.Clear();
        _byShare.Clear();
        (Count, Bytes, _notLetIn) = (0, 0, 0);
        foreach (Entry entry in saved.ByArrival) Offer(entry);
        _notLetIn += saved.EvictedInAll;
        if (saved.Policy != ReplayPolicy.Balanced) return;
        foreach ((int number, ulong priority) in saved.Thresholds) SourceOf(number).LetIn(below: priority);
    }

    /// <summary>Bounded like the sources that are told apart (<see cref="SourceTable"/>).</summary>
    private Reservoir SourceOf(int number)
    {
        if (!_sources.TryGetValue(number, out Reservoir? source)) _sources[number] = source = new Reservoir(int.MaxValue, long.MaxValue);
        return source;
    }

    private void Change(Reservoir source, int number, Action<Reservoir> change)
    {
        (int count, long bytes) = (source.Count, source.Bytes);
        if (count > 0) _byShare.Remove(RankOf(source, number));
        change(source);
        if (source.Count > 0) _byShare.Add(RankOf(source, number));
        Count += source.Count - count;
        Bytes += source.Bytes - bytes;
    }

    /// <summary>Its share is that of the scarcer room: of the samples, or of the bytes.</summary>
    private (double Share, ulong Top, int Source) RankOf(Reservoir source, int number) =>
        (Math.Max((double)source.Count / countMax, (double)source.Bytes / Math.Max(1, bytesMax)), source.Top, number);
}
