using SslAgent.Domain;
using SslAgent.Ingest;

namespace SslAgent.Pipeline;

/// <summary>
/// Tells Kafka what is durable, not more often than <c>kafka.commitInterval</c>: (1) remembered on disk, (2) handed to the client. The ingest thread's.
/// </summary>
internal sealed class Commits(IStreamReader reader, CommitMemory memory, TimeSpan interval, IAgentObserver observer, TimeProvider time)
{
    private IReadOnlyList<PartitionPosition>? _waiting;
    private long _lastSent;
    private bool _wasSent;

    /// <summary>These are durable in the journal.</summary>
    public void Durable(IReadOnlyList<PartitionPosition> positions)
    {
        _waiting = positions;
        SendDue();
    }

    /// <summary>Called once a turn: what waited for its interval, or for the disk, goes out.</summary>
    public void SendDue()
    {
        if (!_wasSent || time.GetElapsedTime(_lastSent) >= interval) Send();
    }

    /// <summary>Sends what waits now: partitions leave, or the daemon stops.</summary>
    public void Send()
    {
        if (_waiting is not { } positions) return;
        (_lastSent, _wasSent) = (time.GetTimestamp(), true);
        if (!memory.TryRemember(positions)) return;
        reader.Commit(positions);
        _waiting = null;
        observer.OnOffsetsTold();
    }
}
