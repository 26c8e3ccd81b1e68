namespace SslAgent.Replay;

/// <summary>The last so many different numbers that were added: the oldest leave first, and are counted.</summary>
internal sealed class BoundedSet(int countMax)
{
    private readonly Queue<ulong> _order = new();
    private readonly HashSet<ulong> _members = [];

    public int Count => _members.Count;

    public long Evicted { get; private set; }

    public bool Contains(ulong value) => _members.Contains(value);

    public void Add(ulong value)
    {
        if (countMax == 0 || !_members.Add(value)) return;
        _order.Enqueue(value);
        while (_order.Count > countMax)
        {
            _members.Remove(_order.Dequeue());
            Evicted++;
        }
    }

    public void Save(BinaryWriter to)
    {
        to.Write(Evicted);
        to.Write(_order.Count);
        foreach (ulong value in _order) to.Write(value);
    }

    public void Load(BinaryReader from)
    {
        _order.Clear();
        _members.Clear();
        long evicted = from.ReadInt64();
        for (int left = from.ReadInt32(); left > 0; left--) Add(from.ReadUInt64());
        Evicted += evicted;
    }
}
