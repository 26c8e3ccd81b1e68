using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Producing;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// Reads a finite source as if it were one partition of a topic: the n-th message has offset n, so the journal knows how far it came, and a later life goes
/// on there. Nobody has to be told what is durable.
/// </summary>
public sealed class SourceReader : IFiniteReader
{
    private readonly string _topic;
    private readonly IMessageSource _source;
    private readonly IPartitionPositions _positions;
    private readonly TimeProvider _time;
    private readonly FiniteReading _reading;
    private long _next;

    /// <param name="topic">Names the source and its content: the same name has to mean the same messages in the same order.</param>
    public SourceReader(string topic, IMessageSource source, IPartitionPositions positions, int queueMessages, long queueBytes, TimeProvider time)
    {
        (_topic, _source, _positions, _time) = (topic, source, positions, time);
        _reading = new FiniteReading("source", stop => ReadAsync(stop).GetAwaiter().GetResult(), queueMessages, queueBytes);
    }

    public IReadOnlyList<PartitionProgress> Progress => [new PartitionProgress(_topic, 0, 0, Interlocked.Read(ref _next), null)];

    public string? Problem => null;

    public bool IsCompleted => _reading.IsCompleted;

    public Task Exhausted => _reading.Exhausted;

    /// <summary>Those of earlier lives among them.</summary>
    public long Given => Interlocked.Read(ref _next);

    public bool IsCoveredBy(IPartitionPositions journal) => (journal.Find(_topic, 0)?.NextOffset ?? 0) >= Given;

    public void Start() => _reading.Start();

    public int Take(List<StreamEvent> into, int countMax, TimeSpan wait, CancellationToken cancellation) => _reading.Take(into, countMax, wait, cancellation);

    public void Commit(IReadOnlyList<PartitionPosition> positions) { }

    public void StopReading() => _reading.Stop();

    public void Dispose() => _reading.Dispose();

    private async Task ReadAsync(CancellationToken stop)
    {
        long known = _positions.Find(_topic, 0)?.NextOffset ?? 0;
        await foreach (OutgoingMessage message in _source.Messages(stop))
        {
            long offset = _next;
            if (offset >= known)
            {
                long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
                _reading.Add(new StreamEvent.Delivered(new Delivery(new SourceOffset(_topic, 0, 0, offset), now, message.Key, message.Value, message.Headers)));
            }

            Interlocked.Increment(ref _next);
            stop.ThrowIfCancellationRequested();
        }
    }
}
