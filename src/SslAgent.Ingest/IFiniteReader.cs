using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest;

/// <summary>A reader whose source has an end.</summary>
public interface IFiniteReader : IStreamReader
{
    /// <summary>Ends when every message is in the queue, with the reason where the source cannot be read.</summary>
    Task Exhausted { get; }

    /// <summary>Messages that the source has given so far. From any thread.</summary>
    long Given { get; }

    /// <summary>Whether the journal has everything that was given. From any thread.</summary>
    bool IsCoveredBy(IPartitionPositions journal);
}
