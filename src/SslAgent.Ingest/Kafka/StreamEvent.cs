using SslAgent.Domain;

namespace SslAgent.Ingest.Kafka;

/// <summary>One partition of one topic.</summary>
public readonly record struct PartitionName(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}/{Partition}";
}

/// <summary>
/// What comes out of Kafka, in the order in which it must reach the journal.
/// </summary>
public abstract record StreamEvent
{
    /// <summary>A message.</summary>
    public sealed record Delivered(Delivery Delivery) : StreamEvent;

    /// <summary>The partition's offsets mean other messages from here on; deliveries after this carry the new epoch.</summary>
    public sealed record EpochChanged(string Topic, int Partition, int Epoch, long FirstOffset, string Reason) : StreamEvent;

    /// <summary>Messages that the agent will not see: offsets <paramref name="From"/> up to, not including, <paramref name="To"/>.</summary>
    public sealed record MessagesMissing(string Topic, int Partition, int Epoch, long From, long To, string Reason) : StreamEvent;

    /// <summary>
    /// The group takes partitions away. All their deliveries lie before this event: whoever handles it makes them durable, commits
    /// (where <paramref name="MayCommit"/>; another member may own them already) and calls <paramref name="Done"/>, for which the poll thread waits.
    /// </summary>
    public sealed record PartitionsLeaving(IReadOnlyList<PartitionName> Partitions, bool MayCommit, Action Done) : StreamEvent;

    /// <summary>The client reports trouble. It goes on trying, except where it is fatal: then reading ends.</summary>
    public sealed record ClientTrouble(string Reason, bool IsFatal) : StreamEvent;
}

/// <summary>Asked by the poll thread for where the fold stands. Answers from any thread, at any time after recovery.</summary>
public interface IPartitionPositions
{
    /// <summary>Epoch and next offset of a partition as the journal has them, or null for one that it has never seen.</summary>
    PartitionPosition? Find(string topic, int partition);
}

/// <summary>How far one assigned partition has been delivered, and where it ends on the broker (null until the first fetch).</summary>
public sealed record PartitionProgress(string Topic, int Partition, int Epoch, long NextOffset, long? HighWatermark);
