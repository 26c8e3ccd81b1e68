using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>A head in little: a thread that takes events, keeps a journal of coordinates, commits, and answers when partitions leave.</summary>
internal sealed class TestHead : IDisposable
{
    private readonly KafkaReader _reader;
    private readonly Lock _gate = new();
    private readonly List<StreamEvent> _events = [];
    private readonly Dictionary<PartitionName, PartitionPosition> _positions = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    public TestHead(KafkaReader reader)
    {
        _reader = reader;
        _thread = new Thread(Run);
        _thread.Start();
    }

    public IReadOnlyList<StreamEvent> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    public int MessageCount => Events.Count(e => e is StreamEvent.Delivered);

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        var batch = new List<StreamEvent>();
        while (!_stop.IsCancellationRequested)
        {
            batch.Clear();
            _reader.Take(batch, 100, TimeSpan.FromMilliseconds(200), _stop.Token);
            foreach (StreamEvent item in batch) Handle(item);
            if (batch.Count > 0) _reader.Commit([.. _positions.Values]);
        }
    }

    private void Handle(StreamEvent item)
    {
        lock (_gate) _events.Add(item);
        if (item is StreamEvent.Delivered { Delivery.At: var at })
        {
            _positions[new PartitionName(at.Topic, at.Partition)] = new PartitionPosition(at.Topic, at.Partition, at.Epoch, at.Offset + 1);
        }
        else if (item is StreamEvent.PartitionsLeaving leaving)
        {
            if (leaving.MayCommit) _reader.Commit([.. _positions.Values]);
            foreach (PartitionName partition in leaving.Partitions) _positions.Remove(partition);
            leaving.Done();
        }
    }
}
