using Confluent.Kafka;

namespace SslAgent.Ingest.Kafka;

/// <summary>What the poll thread knows of one assigned partition. Only that thread touches it.</summary>
internal sealed class PartitionState(string topic, int partition)
{
    /// <summary>No position yet: the first message decides.</summary>
    public const long Unknown = -1;

    public PartitionName Name { get; } = new(topic, partition);

    public int Epoch { get; set; }

    /// <summary>The next offset to be delivered, or <see cref="Unknown"/>.</summary>
    public long Next { get; set; } = Unknown;

    /// <summary>
    /// What the group had when this agent took the partition in: nothing below is committed, so that no agent takes back what another member, or
    /// an operator, has set. Falls with the epoch.
    /// </summary>
    public long CommitFloor { get; set; }

    /// <summary>Where to begin while <see cref="Next"/> is unknown.</summary>
    public Offset Start { get; set; } = Offset.Beginning;

    public TopicPartition Key => new(Name.Topic, Name.Partition);

    public TopicPartitionOffset Position => new(Key, Next == Unknown ? Start : new Offset(Next));
}
