using Confluent.Kafka;
using SslAgent.Domain;

namespace SslAgent.Ingest.Kafka;

/// <summary>
/// The assigned partitions and where each stands; <see cref="Beginning"/> decides where one begins. Only the poll thread writes; progress, and what
/// may be committed, may be read from any thread.
/// </summary>
internal sealed class PartitionTable(KafkaOptions options, IPartitionPositions positions, ICommitMemory? commits)
{
    private readonly Dictionary<TopicPartition, PartitionState> _states = [];
    private readonly HashSet<TopicPartition> _wasElsewhere = [];
    private volatile IReadOnlyList<PartitionProgress> _progress = [];
    private volatile IReadOnlyDictionary<PartitionName, (int Epoch, long Floor)> _committable = new Dictionary<PartitionName, (int, long)>();

    public IReadOnlyList<PartitionProgress> Progress => _progress;

    public IEnumerable<PartitionState> All => _states.Values;

    public bool Contains(TopicPartition partition) => _states.ContainsKey(partition);

    public PartitionState? Find(TopicPartition partition) => _states.GetValueOrDefault(partition);

    /// <summary>Takes a partition in and decides where it begins.</summary>
    /// <param name="committed">The group's committed offset, or null where there is none or it could not be asked for.</param>
    public PartitionState Add(TopicPartition partition, long? committed, out Beginning beginning, out PartitionPosition? own)
    {
        var state = new PartitionState(partition.Topic, partition.Partition.Value)
        {
            Start = options.StartAt == KafkaStart.Earliest ? Offset.Beginning : Offset.End,
            CommitFloor = committed ?? 0,
        };
        own = positions.Find(state.Name.Topic, state.Name.Partition);
        CommitBounds? bounds = commits?.FindCommit(state.Name.Topic, state.Name.Partition);
        beginning = Beginning.Of(own, committed, bounds, _wasElsewhere.Contains(partition));
        (state.Epoch, state.Next) = (beginning.Epoch, beginning.Next);
        _states[partition] = state;
        PublishCommittable();
        return state;
    }

    /// <summary>The partition's offsets mean other messages from here on; what the group has is of before.</summary>
    public void OpenEpoch(PartitionState state, long firstOffset)
    {
        state.Epoch++;
        (state.Next, state.CommitFloor) = (firstOffset, 0);
        PublishCommittable();
    }

    /// <summary>False for a partition that is not assigned, or in another epoch, or whose group stands further on. From any thread.</summary>
    public bool MayCommit(PartitionPosition position) =>
        _committable.TryGetValue(new PartitionName(position.Topic, position.Partition), out (int Epoch, long Floor) known)
        && known.Epoch == position.Epoch && position.NextOffset >= known.Floor;

    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        foreach (TopicPartition partition in partitions)
        {
            _states.Remove(partition);
            _wasElsewhere.Add(partition);
        }

        PublishCommittable();
    }

    /// <summary>Makes progress visible to other threads.</summary>
    /// <param name="highWatermark">The broker's end of a partition as last fetched, or null.</param>
    public void Publish(Func<TopicPartition, long?> highWatermark) =>
        _progress = [.. _states.Values
            .OrderBy(state => state.Name.Topic, StringComparer.Ordinal).ThenBy(state => state.Name.Partition)
            .Select(state => new PartitionProgress(
                state.Name.Topic, state.Name.Partition, state.Epoch, Math.Max(0, state.Next), highWatermark(state.Key)))];

    private void PublishCommittable() =>
        _committable = _states.Values.ToDictionary(state => state.Name, state => (state.Epoch, state.CommitFloor));
}
