namespace SslAgent.Replay;

/// <summary>A buffer as it is stored, whatever its policy, so that another policy can go on with what it holds.</summary>
/// <param name="Entries">In order of their ids.</param>
/// <param name="Thresholds">By source (or 0 for all): the smallest priority that had to leave.</param>
internal sealed record SavedBuffer(ReplayPolicy Policy, long Evicted, Entry[] Entries, IReadOnlyList<(int Source, ulong Priority)> Thresholds)
{
    public static SavedBuffer Empty { get; } = new(ReplayPolicy.Reservoir, 0, [], [(0, ulong.MaxValue)]);

    /// <summary>What no cycle has weighed, where a policy asks for it: in the hands of one that is on, and not yet.</summary>
    public SavedBuffer? InCycle { get; init; }

    public SavedBuffer? New { get; init; }

    /// <summary>All that is held, in the order in which it came.</summary>
    public IEnumerable<Entry> ByArrival =>
        Entries.Concat(InCycle?.Entries ?? []).Concat(New?.Entries ?? []).OrderBy(entry => entry.Arrived).ThenBy(entry => entry.Id);

    /// <summary>The same with what the parts have counted.</summary>
    public long EvictedInAll => Evicted + (InCycle?.Evicted ?? 0) + (New?.Evicted ?? 0);

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
        foreach (SavedBuffer? part in (SavedBuffer?[])[InCycle, New])
        {
            to.Write(part is not null);
            part?.Write(to);
        }
    }

    public static SavedBuffer Read(BinaryReader from)
    {
        var policy = (ReplayPolicy)from.ReadByte();
        long evicted = from.ReadInt64();
        var thresholds = new (int, ulong)[from.ReadInt32()];
        for (int i = 0; i < thresholds.Length; i++) thresholds[i] = (from.ReadInt32(), from.ReadUInt64());
        var entries = new Entry[from.ReadInt32()];
        for (int i = 0; i < entries.Length; i++) entries[i] = Entry.Load(from);
        return new SavedBuffer(policy, evicted, entries, thresholds)
        {
            InCycle = from.ReadBoolean() ? Read(from) : null,
            New = from.ReadBoolean() ? Read(from) : null,
        };
    }
}
