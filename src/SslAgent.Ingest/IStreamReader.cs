using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest;

/// <summary>
/// Where the ingest thread takes its events from: Kafka, or files. The head starts it after recovery, takes events on one thread, and at the end calls
/// <see cref="StopReading"/>, commits what it took, and disposes: what is still queued is delivered again after the next start.
/// </summary>
public interface IStreamReader : IDisposable
{
    /// <summary>How far each partition has been delivered. From any thread.</summary>
    IReadOnlyList<PartitionProgress> Progress { get; }

    /// <summary>What it last complained of, or null since it works again. From any thread.</summary>
    string? Problem { get; }

    /// <summary>True when reading has ended and every event was taken.</summary>
    bool IsCompleted { get; }

    void Start();

    /// <summary>Takes up to <paramref name="countMax"/> events in order, waiting at most <paramref name="wait"/> for the first; 0 when none came or the token was cancelled. One thread only.</summary>
    int Take(List<StreamEvent> into, int countMax, TimeSpan wait, CancellationToken cancellation);

    /// <summary>Declares positions durable.</summary>
    void Commit(IReadOnlyList<PartitionPosition> positions);

    /// <summary>Ends reading without waiting: what is queued can still be taken and committed.</summary>
    void StopReading();
}
