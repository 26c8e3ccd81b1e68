using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// Reads topics from where the journal stands (of a partition that it does not know, from the beginning) to the ends that they have when reading begins. One partition after the other, in order, so that
/// the same messages come in the same order however often it is stopped. Joins no group and commits nothing.
/// </summary>
public sealed class TopicReader : IFiniteReader
{
    private const int PollWaitMs = 100, LookUpsMax = 3;

    private static readonly TimeSpan QueryWait = TimeSpan.FromSeconds(5);

    private readonly KafkaOptions _options;
    private readonly IReadOnlyList<string> _topics;
    private readonly IPartitionPositions _positions;
    private readonly ILogger _log;
    private readonly FiniteReading _reading;

    // Written by the reading thread, read by any.
    private readonly ConcurrentDictionary<PartitionName, (int Epoch, long Next)> _given = new();
    private long _count;
    private volatile string? _problem;

    public TopicReader(KafkaOptions options, IReadOnlyList<string> topics, IPartitionPositions positions, ILogger<TopicReader> log)
    {
        (_options, _topics, _positions, _log) = (options, topics, positions, log);
        _reading = new FiniteReading("topics", Read, options.QueueMessages, options.QueueBytes);
    }

    /// <summary>One partition of which something has to be read.</summary>
    private sealed record Stretch(PartitionName Name, int Epoch, long From, long End)
    {
        public TopicPartition Key => new(Name.Topic, Name.Partition);
    }

    public IReadOnlyList<PartitionProgress> Progress =>
        [.. _given.OrderBy(one => one.Key.ToString(), StringComparer.Ordinal).Select(one => new PartitionProgress(one.Key.Topic, one.Key.Partition, one.Value.Epoch, one.Value.Next, null))];

    public string? Problem => _problem;

    public bool IsCompleted => _reading.IsCompleted;

    public Task Exhausted => _reading.Exhausted;

    /// <summary>Of this life alone.</summary>
    public long Given => Interlocked.Read(ref _count);

    public bool IsCoveredBy(IPartitionPositions journal) => _given.All(one =>
        journal.Find(one.Key.Topic, one.Key.Partition) is { } position && position.Epoch == one.Value.Epoch && position.NextOffset >= one.Value.Next);

    public void Start() => _reading.Start();

    public int Take(List<StreamEvent> into, int countMax, TimeSpan wait, CancellationToken cancellation) => _reading.Take(into, countMax, wait, cancellation);

    public void Commit(IReadOnlyList<PartitionPosition> positions) { }

    public void StopReading() => _reading.Stop();

    public void Dispose() => _reading.Dispose();

    private void Read(CancellationToken stop)
    {
        KafkaSettings settings = KafkaSettings.Read(_options);
        using IConsumer<byte[]?, byte[]?> consumer = new KafkaClients(_options, _log).NewConsumer(settings, builder => builder.SetErrorHandler((_, error) => Complain(settings, error)), tellsEnds: true);
        try
        {
            Stretch[] stretches = [.. _topics.SelectMany(topic => PartitionsOf(consumer, settings, topic, stop)).Select(partition => Measure(consumer, settings, partition))];
            foreach (Stretch stretch in stretches.Where(stretch => stretch.From < stretch.End)) Read(consumer, settings, stretch, stop);
        }
        finally
        {
            consumer.Close();
        }
    }

    private IEnumerable<TopicPartition> PartitionsOf(IConsumer<byte[]?, byte[]?> consumer, KafkaSettings settings, string topic, CancellationToken stop)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        string reason = "";
        for (int attempt = 0; attempt < LookUpsMax; attempt++)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                TopicMetadata metadata = admin.GetMetadata(topic, QueryWait).Topics[0];
                if (!metadata.Error.IsError && metadata.Partitions.Count > 0) return metadata.Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId)).OrderBy(partition => partition.Partition.Value);
                reason = metadata.Error.Reason;
            }
            catch (KafkaException wrong)
            {
                reason = settings.Scrub(wrong.Error.Reason);
            }
        }

        throw new KafkaReadException($"topic {topic} at {_options.BootstrapServers} cannot be read: {reason}");
    }

    /// <summary>Where reading begins and ends. An offset that is past the end or before the beginning is told, as the daemon's own reader tells it.</summary>
    private Stretch Measure(IConsumer<byte[]?, byte[]?> consumer, KafkaSettings settings, TopicPartition partition)
    {
        var name = new PartitionName(partition.Topic, partition.Partition.Value);
        PartitionEnds ends = Ends(consumer, settings, partition, name);
        if (_positions.Find(name.Topic, name.Partition) is not { } own) return new Stretch(name, 0, ends.Low, ends.High);
        if (own.NextOffset > ends.High)
        {
            _reading.Add(new StreamEvent.EpochChanged(
                name.Topic, name.Partition, own.Epoch + 1, ends.Low, $"offset {own.NextOffset} was next, but the partition ends at {ends.High}: the topic was made anew or cut"));
            return new Stretch(name, own.Epoch + 1, ends.Low, ends.High);
        }

        if (own.NextOffset < ends.Low)
            _reading.Add(new StreamEvent.MessagesMissing(name.Topic, name.Partition, own.Epoch, own.NextOffset, ends.Low, "the broker's retention deleted them"));
        return new Stretch(name, own.Epoch, Math.Max(own.NextOffset, ends.Low), ends.High);
    }

    private static PartitionEnds Ends(IConsumer<byte[]?, byte[]?> consumer, KafkaSettings settings, TopicPartition partition, PartitionName name)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return PartitionEnds.Ask(consumer, partition, QueryWait);
            }
            catch (KafkaException wrong)
            {
                if (attempt == LookUpsMax) throw new KafkaReadException($"the ends of {name} are not known: {settings.Scrub(wrong.Error.Reason)}");
            }
        }
    }

    private void Read(IConsumer<byte[]?, byte[]?> consumer, KafkaSettings settings, Stretch stretch, CancellationToken stop)
    {
        // Takes the place of the partition before.
        consumer.Assign(new TopicPartitionOffset(stretch.Key, stretch.From));
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            if (Poll(consumer, settings, stretch) is not { } result || result.TopicPartition != stretch.Key) continue;
            // Offsets have holes (markers, compaction): the last may be one, and then the broker's word for the end comes instead of a message.
            if (result.IsPartitionEOF || result.Offset.Value >= stretch.End) return;
            _problem = null;
            long offset = result.Offset.Value;
            Message<byte[]?, byte[]?> message = result.Message;
            _reading.Add(new StreamEvent.Delivered(new Delivery(
                new SourceOffset(stretch.Name.Topic, stretch.Name.Partition, stretch.Epoch, offset), message.Timestamp.UnixTimestampMs, message.Key, message.Value, MessageHeaders.Of(message.Headers))));
            _given[stretch.Name] = (stretch.Epoch, offset + 1);
            Interlocked.Increment(ref _count);
            if (offset + 1 >= stretch.End) return;
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Poll(IConsumer<byte[]?, byte[]?> consumer, KafkaSettings settings, Stretch stretch)
    {
        try
        {
            return consumer.Consume(PollWaitMs);
        }
        catch (ConsumeException wrong) when (PartitionAssigner.IsOffsetLost(wrong.Error))
        {
            throw new KafkaReadException($"{stretch.Name} was cut or made anew while it was read: the same command goes on from what is there");
        }
        catch (ConsumeException wrong)
        {
            Complain(settings, wrong.Error);
            return wrong.Error.IsFatal ? throw new KafkaReadException(settings.Scrub(wrong.Error.Reason)) : null;
        }
    }

    /// <summary>Told once while it stays the same. On the reading thread, from within the client's calls.</summary>
    private void Complain(KafkaSettings settings, Error error)
    {
        string reason = settings.Scrub($"{error.Code}: {error.Reason}");
        if (reason == _problem) return;
        IngestMetrics.CountClientError();
        _log.Trouble(reason);
        _problem = reason;
        _reading.Offer(new StreamEvent.ClientTrouble(reason, error.IsFatal));
    }
}
