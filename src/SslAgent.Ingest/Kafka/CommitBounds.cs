namespace SslAgent.Ingest.Kafka;

/// <summary>
/// What Kafka can have as a partition's committed offset if this agent alone has committed since: not less than <paramref name="Low"/>, which
/// Kafka has acknowledged, not more than <paramref name="High"/>, which was the last to be sent. Anything outside is somebody else's word.
/// </summary>
/// <param name="Epoch">The epoch in which these were committed: in another one they say nothing.</param>
public readonly record struct CommitBounds(int Epoch, long Low, long High);

/// <summary>
/// Remembers across restarts what this agent committed, so that an operator's reset can be told from a crash between fsync and commit.
/// Called from the poll thread; the head keeps it on disk.
/// </summary>
public interface ICommitMemory
{
    /// <summary>Null where nothing is known: never committed, or not acknowledged since the epoch began, or under another group.</summary>
    CommitBounds? FindCommit(string topic, int partition);

    /// <summary>Kafka has this offset as committed.</summary>
    void Acknowledged(string topic, int partition, long offset);
}
