using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// What the fold knows of each partition: its epoch and the next offset to read. The only truth about where to go on reading.
/// </summary>
internal sealed class PartitionTable
{
    private readonly SortedDictionary<(string Topic, int Partition), (int Epoch, long NextOffset, long Missing)> _partitions =
        new(Comparer<(string Topic, int Partition)>.Create(static (left, right) =>
            string.CompareOrdinal(left.Topic, right.Topic) is int order and not 0 ? order : left.Partition.CompareTo(right.Partition)));

    /// <summary>
    /// Offsets that were never delivered: transaction markers, what compaction took, what retention took before it was read.
    /// </summary>
    public long Missing => _partitions.Values.Sum(partition => partition.Missing);

    public IReadOnlyList<PartitionPosition> Positions =>
    [
        .. _partitions.Select(entry => new PartitionPosition(
            entry.Key.Topic, entry.Key.Partition, entry.Value.Epoch, entry.Value.NextOffset)),
    ];

    public (int Epoch, long NextOffset)? Find(string topic, int partition) =>
        _partitions.TryGetValue((topic, partition), out var known) ? (known.Epoch, known.NextOffset) : null;

    public void Delivered(SourceOffset at)
    {
        bool isKnown = _partitions.TryGetValue((at.Topic, at.Partition), out var known) && known.Epoch == at.Epoch;
        Check.That(!isKnown || at.Offset >= known.NextOffset, "the journal has each delivered message once");
        long missing = known.Missing + (isKnown ? at.Offset - known.NextOffset : 0);
        _partitions[(at.Topic, at.Partition)] = (at.Epoch, at.Offset + 1, missing);
    }

    public void EpochOpened(JournalRecord.EpochOpened opened)
    {
        _partitions.TryGetValue((opened.Topic, opened.Partition), out var known);
        _partitions[(opened.Topic, opened.Partition)] = (opened.Epoch, opened.FirstOffset, known.Missing);
    }

    public static void Save(BinaryWriter to, IReadOnlyList<PartitionPosition> positions)
    {
        to.Write(positions.Count);
        foreach (PartitionPosition position in positions)
        {
            to.Write(position.Topic);
            to.Write(position.Partition);
            to.Write(position.Epoch);
            to.Write(position.NextOffset);
        }
    }

    public static IReadOnlyList<PartitionPosition> LoadPositions(BinaryReader from)
    {
        var positions = new PartitionPosition[from.ReadInt32()];
        for (int i = 0; i < positions.Length; i++) positions[i] = new(from.ReadString(), from.ReadInt32(), from.ReadInt32(), from.ReadInt64());
        return positions;
    }

    public void Save(BinaryWriter to)
    {
        to.Write(_partitions.Count);
        foreach (((string topic, int partition), (int epoch, long next, long missing)) in _partitions)
        {
            to.Write(topic);
            to.Write(partition);
            to.Write(epoch);
            to.Write(next);
            to.Write(missing);
        }
    }

    public void Load(BinaryReader from)
    {
        _partitions.Clear();
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            _partitions[(from.ReadString(), from.ReadInt32())] = (from.ReadInt32(), from.ReadInt64(), from.ReadInt64());
        }
    }
}
