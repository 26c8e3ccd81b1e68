using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>An embedded broker with one topic, a raw producer for it, and readers on it.</summary>
internal sealed class TestStream : IDisposable
{
    public const string Topic = "stream";

    /// <summary>Bounds every wait; a test that reaches it has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<KafkaReader> _readers = [];

    public TestStream(int partitions = 1, int brokers = 1)
    {
        Broker = new EmbeddedBroker(brokers);
        Broker.CreateTopic(Topic, partitions);
        Options = new KafkaOptions
        {
            BootstrapServers = Broker.BootstrapServers,
            Topics = [Topic],
            Assignment = KafkaAssignment.Manual,
            CommitInterval = TimeSpan.FromMilliseconds(100),
            Properties = new Dictionary<string, string> { ["reconnect.backoff.ms"] = "20", ["reconnect.backoff.max.ms"] = "100" },
        };
        Producer = new KafkaClients(Options, NullLogger.Instance).NewProducer(KafkaSettings.Read(Options), _ => { });
    }

    public EmbeddedBroker Broker { get; }

    public KafkaOptions Options { get; set; }

    public Positions Positions { get; } = new();

    public KnownCommits Commits { get; } = new();

    public IProducer<byte[]?, byte[]?> Producer { get; }

    public KafkaReader NewReader()
    {
        var reader = new KafkaReader(Options, Positions, TimeProvider.System, NullLogger<KafkaReader>.Instance, Commits);
        _readers.Add(reader);
        reader.Start();
        return reader;
    }

    /// <summary>Produces numbered lines and waits until the broker has them.</summary>
    public void Produce(int from, int to, int partition = 0)
    {
        for (int i = from; i < to; i++)
        {
            Producer.Produce(new TopicPartition(Topic, partition), new Message<byte[]?, byte[]?> { Value = Encoding.UTF8.GetBytes($"line {i}") });
        }

        Producer.Flush(Patience);
    }

    /// <summary>Takes events until so many messages have come; every event in order.</summary>
    public static List<StreamEvent> TakeMessages(KafkaReader reader, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var all = new List<StreamEvent>();
        while (all.OfType<StreamEvent.Delivered>().Count() < count)
        {
            int taken = reader.Take(all, 256, TimeSpan.FromSeconds(1), patience.Token);
            if (taken == 0 && patience.IsCancellationRequested)
            {
                throw new TimeoutException($"{all.OfType<StreamEvent.Delivered>().Count()} of {count} messages came; last events: {string.Join("; ", all.TakeLast(3))}");
            }
        }

        return all;
    }

    /// <summary>Takes events until one of the kind has come. Partitions that leave meanwhile are let go, as an ingest does that has nothing to write: the poll thread waits for that.</summary>
    public static T TakeUntil<T>(KafkaReader reader, List<StreamEvent>? seen = null) where T : StreamEvent
    {
        using var patience = new CancellationTokenSource(Patience);
        var one = new List<StreamEvent>(1);
        while (!patience.IsCancellationRequested)
        {
            one.Clear();
            if (reader.Take(one, 1, TimeSpan.FromSeconds(1), patience.Token) == 0) continue;
            seen?.Add(one[0]);
            if (one[0] is T found) return found;
            if (one[0] is StreamEvent.PartitionsLeaving leaving) leaving.Done();
        }

        throw new TimeoutException($"no {typeof(T).Name} came; the reader complains of {reader.Problem ?? "nothing"}, its last event was {one.LastOrDefault()?.ToString() ?? "none"}");
    }

    /// <summary>What the broker has as the group's committed offset of a partition; null for none.</summary>
    public long? CommittedOffset(int partition)
    {
        using IConsumer<byte[]?, byte[]?> asker = new KafkaClients(Options, NullLogger.Instance).NewConsumer(KafkaSettings.Read(Options), _ => { });
        long offset = asker.Committed([new TopicPartition(Topic, partition)], Patience)[0].Offset.Value;
        return offset >= 0 ? offset : null;
    }

    /// <summary>Sets the group's committed offset as an operator's tool does, while nobody reads.</summary>
    public void SetCommitted(int partition, long offset)
    {
        using IConsumer<byte[]?, byte[]?> tool = new KafkaClients(Options, NullLogger.Instance).NewConsumer(KafkaSettings.Read(Options), _ => { });
        tool.Commit([new TopicPartitionOffset(Topic, partition, offset)]);
    }

    public static string[] Lines(IEnumerable<StreamEvent> events) =>
        [.. events.OfType<StreamEvent.Delivered>().Select(delivered => Encoding.UTF8.GetString(delivered.Delivery.Value ?? []))];

    public static string[] Numbered(int from, int to) => [.. Enumerable.Range(from, to - from).Select(i => $"line {i}")];

    public void Dispose()
    {
        foreach (KafkaReader reader in _readers) reader.StopReading();
        foreach (KafkaReader reader in _readers) reader.Dispose();
        Producer.Dispose();
        Broker.Dispose();
    }
}
