using Confluent.Kafka;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>
/// Another consumer of the agent's group: the plain client on a thread of its own, which commits what it has read before it leaves. Whoever made it
/// disposes it; disposing leaves the group.
/// </summary>
internal sealed class SecondMember : IDisposable
{
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<TopicPartitionOffset> _read = [];
    private readonly Thread _thread;
    private volatile IReadOnlyList<int> _owned = [];

    public SecondMember(string servers, string group, string topic, IReadOnlyDictionary<string, string> properties)
    {
        var settings = new Dictionary<string, string>(properties)
        {
            ["bootstrap.servers"] = servers, ["group.id"] = group, ["enable.auto.commit"] = "false", ["auto.offset.reset"] = "error",
        };
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings)
            .SetErrorHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => _owned = [.. partitions.Select(partition => partition.Partition.Value)])
            .SetPartitionsRevokedHandler((_, _) => _owned = [])
            .Build();
        _consumer.Subscribe(topic);
        _thread = new Thread(Run);
        _thread.Start();
    }

    /// <summary>Partitions that the group has given it.</summary>
    public IReadOnlyList<int> Owned => _owned;

    /// <summary>What it has read.</summary>
    public IReadOnlyList<TopicPartitionOffset> Read
    {
        get
        {
            lock (_gate) return [.. _read];
        }
    }

    /// <summary>The stretches that it has read, as the oracle takes them.</summary>
    public IReadOnlyList<Elsewhere> Stretches =>
        [.. Read.GroupBy(one => one.Partition.Value).Select(group => new Elsewhere(
            group.First().Topic, group.Key, group.Min(one => one.Offset.Value), group.Max(one => one.Offset.Value) + 1))];

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _consumer.Close();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } result) continue;
            lock (_gate) _read.Add(result.TopicPartitionOffset);
            _consumer.Commit(result);
        }
    }
}
