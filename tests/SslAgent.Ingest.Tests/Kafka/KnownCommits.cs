using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>The head's memory of commits, as a test sets it; keeps what Kafka acknowledged.</summary>
internal sealed class KnownCommits : ICommitMemory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, CommitBounds> _bounds = [];
    private readonly Dictionary<int, long> _acknowledged = [];

    public void Set(int partition, CommitBounds bounds)
    {
        lock (_gate) _bounds[partition] = bounds;
    }

    public long? LastAcknowledged(int partition)
    {
        lock (_gate) return _acknowledged.TryGetValue(partition, out long offset) ? offset : null;
    }

    public CommitBounds? FindCommit(string topic, int partition)
    {
        lock (_gate) return _bounds.TryGetValue(partition, out CommitBounds bounds) ? bounds : null;
    }

    public void Acknowledged(string topic, int partition, long offset)
    {
        lock (_gate) _acknowledged[partition] = offset;
    }
}
