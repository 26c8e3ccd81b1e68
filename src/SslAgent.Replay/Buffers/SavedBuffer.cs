namespace SslAgent.Replay;

/// <summary>A buffer as it is stored, whatever its policy, so that another policy can go on with what it holds.</summary>
/// <param name="Entries">In order of their ids.</param>
/// <param name="Unweighed">How far the model has not looked: entries of these ids (<see cref="Entry.Id"/>), in order.</param>
/// <param name="Thresholds">By source (or 0 for all): the smallest priority that had to leave.</param>
internal sealed record SavedBuffer(
    ReplayPolicy Policy, long Evicted, Entry[] Entries, long[] Unweighed, IReadOnlyList<(int Source, ulong Priority)> Thresholds)
{
    /// <summary>In the order in which they came.</summary>
    public IEnumerable<Entry> ByArrival => Entries.OrderBy(entry => entry.Arrived).ThenBy(entry => entry.Id);

    public void Write(BinaryWriter to)
    {
        to.Write((byte)Policy);
        to.Write(Evicted);
        to.Write(Thresholds.Count);
        foreach ((int source, ulong priority) in Thresholds)
        {
            to.Write(source);
            to.Write(priority);
        }

        to.Write(Entries.Length);
        foreach (Entry entry in Entries) entry.Save(to);
        to.Write(Unweighed.Length);
        foreach (long id in Unweighed) to.Write(id);
    }

    public static SavedBuffer Read(BinaryReader from)
    {
        var policy = (ReplayPolicy)from.ReadByte();
        long evicted = from.ReadInt64();
        var thresholds = new (int, ulong)[from.ReadInt32()];
        for (int i = 0; i < thresholds.Length; i++) thresholds[i] = (from.ReadInt32(), from.ReadUInt64());
        var entries = new Entry[from.ReadInt32()];
        for (int i = 0; i < entries.Length; i++) entries[i] = Entry.Load(from);
        long[] unweighed = new long[from.ReadInt32()];
        for (int i = 0; i < unweighed.Length; i++) unweighed[i] = from.ReadInt64();
        return new SavedBuffer(policy, evicted, entries, unweighed, thresholds);
    }
}
