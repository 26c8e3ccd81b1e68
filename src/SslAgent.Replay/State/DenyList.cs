using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// Stretches of partitions that an operator denied: what is delivered from there is passed over. Operators write few of them.
/// </summary>
internal sealed class DenyList
{
    private readonly List<DeniedRange> _ranges = [];

    /// <summary>This list and some more.</summary>
    public DenyList With(IEnumerable<DeniedRange> ranges)
    {
        var all = new DenyList();
        all.Add(_ranges);
        all.Add(ranges);
        return all;
    }

    public void Add(IEnumerable<DeniedRange> ranges)
    {
        foreach (DeniedRange range in ranges)
        {
            if (!_ranges.Contains(range)) _ranges.Add(range);
        }
    }

    public bool Denies(SourceOffset at)
    {
        foreach (DeniedRange range in _ranges)
        {
            if (range.Partition == at.Partition && at.Offset >= range.From && at.Offset <= range.To && range.Topic == at.Topic) return true;
        }

        return false;
    }

    public void Save(BinaryWriter to)
    {
        to.Write(_ranges.Count);
        foreach (DeniedRange range in _ranges)
        {
            to.Write(range.Topic);
            to.Write(range.Partition);
            to.Write(range.From);
            to.Write(range.To);
        }
    }

    public void Load(BinaryReader from)
    {
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            _ranges.Add(new DeniedRange(from.ReadString(), from.ReadInt32(), from.ReadInt64(), from.ReadInt64()));
        }
    }
}
