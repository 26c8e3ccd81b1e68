using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Datasets;

/// <summary>A stream on which nothing comes any more: what is in the journal is all there is.</summary>
public sealed class NothingToRead : IStreamReader
{
    private readonly ManualResetEventSlim _stopped = new();

    public IReadOnlyList<PartitionProgress> Progress => [];

    public string? Problem => null;

    public bool IsCompleted => _stopped.IsSet;

    public void Start() { }

    public int Take(List<StreamEvent> into, int countMax, TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            _stopped.Wait(wait, cancellation);
        }
        catch (OperationCanceledException)
        {
            // As with every reader: cancelled is nothing taken.
        }

        return 0;
    }

    public void Commit(IReadOnlyList<PartitionPosition> positions) { }

    public void StopReading() => _stopped.Set();

    public void Dispose() => _stopped.Dispose();
}
