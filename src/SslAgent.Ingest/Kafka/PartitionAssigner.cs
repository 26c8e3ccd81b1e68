using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Ingest.Kafka;

/// <summary>
/// Puts the consumer onto partitions and back onto its feet when an offset does not exist: past the end (the topic was made anew, or cut)
/// a new epoch begins, before the beginning (retention) messages are missing. Only the poll thread calls it.
/// </summary>
internal sealed class PartitionAssigner(
    KafkaOptions options, KafkaSettings settings, IConsumer<byte[]?, byte[]?> consumer, PartitionTable table, ICommitMemory? commits, ILogger log,
    Action<StreamEvent> report, Action<string> complain)
{
    /// <summary>RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, which older managed packages have no name for.</summary>
    private const int OffsetLostCode = -140;

    private static readonly TimeSpan QueryWait = TimeSpan.FromSeconds(5), MetadataWait = TimeSpan.FromSeconds(2);

    private readonly HashSet<TopicPartition> _lost = [];

    private long _lastDiscovery;
    private bool _allTopicsFound;

    /// <summary>True when an offset was found lost since the last try.</summary>
    public bool HasNewlyLost { get; private set; }

    public static bool IsOffsetLost(Error error) => (int)error.Code == OffsetLostCode;

    public void MarkLost(TopicPartition partition)
    {
        _lost.Add(partition);
        HasNewlyLost = true;
    }

    /// <summary>Committed offsets, or null where the coordinator does not answer.</summary>
    public Dictionary<TopicPartition, long>? Committed(IReadOnlyCollection<TopicPartition> partitions)
    {
        try
        {
            return consumer.Committed(partitions, QueryWait)
                .Where(found => found.Offset.Value >= 0)
                .ToDictionary(found => found.TopicPartition, found => found.Offset.Value);
        }
        catch (KafkaException wrong)
        {
            complain($"committed offsets are not known: {wrong.Error.Reason}");
            return null;
        }
    }

    /// <summary>Takes partitions in; the positions to begin at.</summary>
    public List<TopicPartitionOffset> Begin(IEnumerable<TopicPartition> partitions, Dictionary<TopicPartition, long> committed)
    {
        var begin = new List<TopicPartitionOffset>();
        foreach (TopicPartition partition in partitions)
        {
            long? known = committed.TryGetValue(partition, out long offset) ? offset : null;
            PartitionState state = table.Add(partition, known, out Beginning beginning, out PartitionPosition? own);
            log.Beginning(state.Name.ToString(), state.Position.Offset.ToString(), beginning.Kind, state.Epoch);
            if (own is not null && known is not null) Tell(state, beginning.Kind, own.NextOffset, known.Value);
            begin.Add(state.Position);
        }

        return begin;
    }

    /// <summary>Says what the group's offset means where it is not the journal's own.</summary>
    private void Tell(PartitionState state, BeginningKind kind, long own, long committed)
    {
        switch (kind)
        {
            case BeginningKind.OwnAfterCrash:
                log.CommitBehind(state.Name.ToString(), committed, own);
                break;
            case BeginningKind.OwnUnexplained:
                log.CommitUnexplained(state.Name.ToString(), committed, own);
                break;
            case BeginningKind.AfterOthers:
                Missing(new(state.Name.Topic, state.Name.Partition, state.Epoch, own, committed, "another member of the group read them"));
                break;
            case BeginningKind.SetForward:
                Missing(new(
                    state.Name.Topic, state.Name.Partition, state.Epoch, own, committed,
                    "the group's offset was set forward, by an operator or by another member; set it back to read them"));
                break;
            case BeginningKind.SetBack:
                OpenEpoch(state, committed, $"offset {own} was next, but the group's offset was set back to {committed}");
                break;
        }
    }

    /// <summary>Manual assignment: looks for partitions that are not read yet. True where some were assigned: they are not paused.</summary>
    public bool Discover(TimeProvider time)
    {
        if (_allTopicsFound && time.GetElapsedTime(_lastDiscovery) < options.PartitionDiscovery) return false;
        _lastDiscovery = time.GetTimestamp();
        List<TopicPartition> found = [.. FindPartitions().Where(partition => !table.Contains(partition))];
        if (found.Count == 0) return false;
        List<TopicPartition> unknown = [.. found];
        if (Committed(unknown) is not { } committed)
        {
            _allTopicsFound = false;
            return false;
        }

        // Only the new ones: an assignment of all would stop and start those that are being read.
        consumer.IncrementalAssign(Begin(found, committed));
        return true;
    }

    /// <summary>The head's answer is in: tells Kafka what is durable before the partitions go.</summary>
    public void CommitStored()
    {
        try
        {
            List<TopicPartitionOffset> done = consumer.Commit();
            Acknowledged(done.Where(partition => partition.Offset.Value >= 0));
        }
        catch (KafkaException wrong)
        {
            if (wrong.Error.Code != ErrorCode.Local_NoOffset) log.CommitTrouble(settings.Scrub(wrong.Error.Reason));
        }
    }

    /// <summary>Kafka has these as committed.</summary>
    public void Acknowledged(IEnumerable<TopicPartitionOffset> committed)
    {
        foreach (TopicPartitionOffset one in committed) commits?.Acknowledged(one.Topic, one.Partition.Value, one.Offset.Value);
    }

    /// <summary>Tries to find the partitions that lost their offset again. True where some were assigned anew: they are not paused.</summary>
    public bool RetryLost()
    {
        HasNewlyLost = false;
        TopicPartition[] found = [.. _lost.Where(Settle)];
        if (found.Length == 0) return false;
        _lost.ExceptWith(found);
        PartitionState[] states = [.. found.Select(table.Find).OfType<PartitionState>()];
        if (states.Length == 0) return false;
        consumer.IncrementalUnassign(states.Select(state => state.Key));
        foreach (PartitionState state in states) AwaitStopped(state.Key);
        consumer.IncrementalAssign(states.Select(state => state.Position));
        return true;
    }

    /// <summary>
    /// A client that is told to stop reading a partition twice, before the first stop is done, ends the process (librdkafka 2.0.2 to 2.9, rdkafka_assignment.c: assertion
    /// rktp_started): a rebalance or the end that follows at once would do that. A request to the partition's leader stands behind the stop in the same queue, so its
    /// answer says that the stop is done.
    /// </summary>
    private void AwaitStopped(TopicPartition partition)
    {
        try
        {
            PartitionEnds.Ask(consumer, partition, QueryWait);
        }
        catch (KafkaException)
        {
            // The queue was passed through all the same.
        }
    }

    public void OpenEpoch(PartitionState state, long firstOffset, string reason)
    {
        table.OpenEpoch(state, firstOffset);
        IngestMetrics.CountEpoch();
        log.EpochOpened(state.Name.ToString(), state.Epoch, firstOffset, reason);
        report(new StreamEvent.EpochChanged(state.Name.Topic, state.Name.Partition, state.Epoch, firstOffset, reason));
    }

    /// <summary>Compares our offset with the partition's ends; false where the broker does not answer.</summary>
    private bool Settle(TopicPartition partition)
    {
        if (table.Find(partition) is not { } state) return true;
        PartitionEnds ends;
        try
        {
            ends = PartitionEnds.Ask(consumer, partition, QueryWait);
        }
        catch (KafkaException wrong)
        {
            complain($"the ends of {state.Name} are not known: {wrong.Error.Reason}");
            return false;
        }

        (long low, long high) = (ends.Low, ends.High);
        if (state.Next == PartitionState.Unknown)
        {
            state.Next = options.StartAt == KafkaStart.Earliest ? low : high;
        }
        else if (state.Next > high)
        {
            OpenEpoch(state, low, $"offset {state.Next} was next, but the partition ends at {high}: the topic was made anew or cut");
        }
        else if (state.Next < low)
        {
            Missing(new(state.Name.Topic, state.Name.Partition, state.Epoch, state.Next, low, "the broker's retention deleted them"));
            state.Next = low;
        }

        return true;
    }

    private List<TopicPartition> FindPartitions()
    {
        var found = new List<TopicPartition>();
        _allTopicsFound = true;
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        foreach (string topic in options.Topics)
        {
            try
            {
                TopicMetadata metadata = admin.GetMetadata(topic, MetadataWait).Topics[0];
                found.AddRange(metadata.Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId)));
                _allTopicsFound &= metadata.Partitions.Count > 0;
                if (metadata.Partitions.Count == 0) complain($"topic {topic} is not there yet: {metadata.Error.Reason}");
            }
            catch (KafkaException wrong)
            {
                _allTopicsFound = false;
                complain($"topic {topic} could not be looked up: {wrong.Error.Reason}");
            }
        }

        return found;
    }

    private void Missing(StreamEvent.MessagesMissing missing)
    {
        IngestMetrics.CountMissing(missing.To - missing.From);
        log.Missing($"{missing.Topic}/{missing.Partition}", missing.To - missing.From, missing.From, missing.To - 1, missing.Reason);
        report(missing);
    }
}
