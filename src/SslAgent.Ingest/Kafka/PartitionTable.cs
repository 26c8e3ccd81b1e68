using Confluent.Kafka;

namespace SslAgent.Ingest.Kafka;

/// <summary>
/// The assigned partitions and where each stands. Decides where a partition begins: at the fold's own next offset where the journal
/// knows it, else at the committed one, else at <c>startAt</c>. Only the poll thread writes; progress may be read from any thread.
/// </summary>
internal sealed class PartitionTable(KafkaOptions options, IPartitionPositions positions)
{
    private readonly Dictionary<TopicPartition, PartitionState> _states = [];
    private readonly HashSet<TopicPartition> _wasElsewhere = [];
    private volatile IReadOnlyList<PartitionProgress> _progress = [];

    public IReadOnlyList<PartitionProgress> Progress => _progress;

    public IEnumerable<PartitionState> All => _states.Values;

    public int Count => _states.Count;

    public bool Contains(TopicPartition partition) => _states.ContainsKey(partition);

    public PartitionState? Find(TopicPartition partition) => _states.GetValueOrDefault(partition);

    /// <summary>Takes a partition in and decides where it begins.</summary>
    /// <param name="committed">The group's committed offset, or null where there is none or it could not be asked for.</param>
    /// <param name="missing">Set where another member read on while this agent did not own the partition.</param>
    public PartitionState Add(TopicPartition partition, long? committed, out StreamEvent.MessagesMissing? missing)
    {
        var state = new PartitionState(partition.Topic, partition.Partition.Value)
        {
            Start = options.StartAt == KafkaStart.Earliest ? Offset.Beginning : Offset.End,
        };
        missing = null;
        if (positions.Find(state.Name.Topic, state.Name.Partition) is { } own)
        {
            (state.Epoch, state.Next) = (own.Epoch, own.NextOffset);
            if (_wasElsewhere.Contains(partition) && committed > own.NextOffset)
            {
                missing = new(
                    state.Name.Topic, state.Name.Partition, own.Epoch, own.NextOffset, committed.Value, "another member of the group read them");
                state.Next = committed.Value;
            }
        }
        else if (committed is { } offset)
        {
            state.Next = offset;
        }

        _states[partition] = state;
        return state;
    }

    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        foreach (TopicPartition partition in partitions)
        {
            _states.Remove(partition);
            _wasElsewhere.Add(partition);
        }
    }

    /// <summary>Makes progress visible to other threads.</summary>
    /// <param name="highWatermark">The broker's end of a partition as last fetched, or null.</param>
    public void Publish(Func<TopicPartition, long?> highWatermark) =>
        _progress = [.. _states.Values
            .OrderBy(state => state.Name.Topic, StringComparer.Ordinal).ThenBy(state => state.Name.Partition)
            .Select(state => new PartitionProgress(
                state.Name.Topic, state.Name.Partition, state.Epoch, Math.Max(0, state.Next), highWatermark(state.Key)))];
}
