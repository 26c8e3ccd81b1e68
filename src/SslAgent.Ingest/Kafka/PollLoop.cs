using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Ingest.Kafka;

/// <summary>
/// The poll thread's work around one consumer: room first, then one message, and once a second the slow things. Everything but
/// <see cref="Store"/> happens on the poll thread, the client's handlers included (it calls them from within Consume and Close).
/// </summary>
internal sealed class PollLoop : IDisposable
{
    private const int PollWaitMs = 100;

    /// <summary>What Confluent.Kafka's commit handler says when librdkafka calls it without a list of offsets, as it does for commits that a fatal error forestalls.</summary>
    private const string CommitWithoutOffsets = "Cannot marshal from a NULL ptr";

    private const string NoOffsets = "a commit failed before it had any offsets";

    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(250), Tick = TimeSpan.FromSeconds(1);

    private readonly KafkaOptions _options;
    private readonly KafkaSettings _settings;
    private readonly PartitionTable _table;
    private readonly DeliveryQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ReaderSignals _signals;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly PartitionAssigner _assigner;
    private long _lastTick;
    private bool _paused;
    private bool _stopping;
    private string? _fatal;

    public PollLoop(
        KafkaOptions options, KafkaSettings settings, PartitionTable table, ICommitMemory? commits, DeliveryQueue queue, ReaderSignals signals,
        TimeProvider time, ILogger log)
    {
        (_options, _settings, _table, _queue, _signals, _time, _log) = (options, settings, table, queue, signals, time, log);
        _consumer = new KafkaClients(options, log).NewConsumer(settings, Configure);
        _assigner = new PartitionAssigner(options, settings, _consumer, table, commits, log, queue.Add, reason => Complain(reason, isFatal: false));
    }

    public void Run()
    {
        if (_options.Assignment == KafkaAssignment.Group) _consumer.Subscribe(_options.Topics);
        while (!_signals.Stop.IsCancellationRequested)
        {
            DoSlowThings();
            MakeRoom();
            Poll();
            if (_fatal is { } reason) throw new KafkaReadException(reason);
        }

        _stopping = true;
    }

    /// <summary>Hands durable positions to the client for its next commit. From any thread.</summary>
    public void Store(IReadOnlyList<PartitionPosition> positions)
    {
        foreach (PartitionPosition position in positions)
        {
            try
            {
                if (_table.MayCommit(position)) _consumer.StoreOffset(new TopicPartitionOffset(position.Topic, position.Partition, position.NextOffset));
            }
            catch (KafkaException wrong)
            {
                // Not assigned any more, or not yet: the journal has the position, and the next owner begins at the last commit.
                if (wrong.Error.Code != ErrorCode.Local_State) _log.CommitTrouble(_settings.Scrub(wrong.Error.Reason));
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        try
        {
            _consumer.Close();
        }
        catch (KafkaException wrong)
        {
            _log.CommitTrouble(_settings.Scrub(wrong.Error.Reason));
        }
        catch (InvalidOperationException wrong) when (IsCommitWithoutOffsets(wrong))
        {
            _log.CommitTrouble(NoOffsets);
        }

        _consumer.Dispose();
    }

    private void Configure(ConsumerBuilder<byte[]?, byte[]?> builder)
    {
        builder.SetErrorHandler((_, error) => OnError(error));
        builder.SetStatisticsHandler((_, json) => OnStatistics(json));
        builder.SetOffsetsCommittedHandler((_, committed) => OnCommitted(committed));
        if (_options.Assignment != KafkaAssignment.Group) return;
        builder.SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions));
        builder.SetPartitionsRevokedHandler((_, partitions) => OnLeaving(partitions, mayCommit: true));
        builder.SetPartitionsLostHandler((_, partitions) => OnLeaving(partitions, mayCommit: false));
    }

    private void DoSlowThings()
    {
        if (_lastTick != 0 && _time.GetElapsedTime(_lastTick) < Tick) return;
        _lastTick = _time.GetTimestamp();
        if (_options.Assignment == KafkaAssignment.Manual && _assigner.Discover(_time)) PauseAgain();
        _table.Publish(HighWatermark);
        if (_assigner.RetryLost()) PauseAgain();
    }

    /// <summary>What was assigned just now reads at once, whatever the others do.</summary>
    private void PauseAgain()
    {
        if (_paused) _consumer.Pause(_table.All.Select(state => state.Key));
    }

    private long? HighWatermark(TopicPartition partition)
    {
        long high = _consumer.GetWatermarkOffsets(partition).High.Value;
        return high >= 0 ? high : null;
    }

    /// <summary>
    /// Waits a little for room first, because pausing throws away what the client has fetched ahead; then pauses, and keeps polling so that
    /// the group sees a live member.
    /// </summary>
    private void MakeRoom()
    {
        if (_paused)
        {
            if (!_queue.IsHalfEmpty) return;
            _consumer.Resume(_table.All.Select(state => state.Key));
            _paused = false;
            _log.Resumed();
        }
        else if (!_queue.HasRoom && !_queue.WaitForRoom(RoomWait))
        {
            _consumer.Pause(_table.All.Select(state => state.Key));
            _paused = true;
            IngestMetrics.CountPause();
            _log.Paused();
        }
    }

    private void Poll()
    {
        try
        {
            if (_consumer.Consume(PollWaitMs) is { } result) Accept(result);
        }
        catch (ConsumeException wrong)
        {
            if (PartitionAssigner.IsOffsetLost(wrong.Error)) _assigner.MarkLost(wrong.ConsumerRecord.TopicPartition);
            else OnError(wrong.Error);
        }
        catch (InvalidOperationException wrong) when (IsCommitWithoutOffsets(wrong))
        {
            // The group had taken the partitions, so no message was lost by it; but this exception may have taken the place of the fatal error.
            _log.CommitTrouble(NoOffsets);
            AskWhetherFatal();
        }

        if (_assigner.HasNewlyLost && _assigner.RetryLost()) PauseAgain();
    }

    /// <summary>A client that has met a fatal error says so of every subscription.</summary>
    private void AskWhetherFatal()
    {
        try
        {
            _consumer.Subscribe(_options.Topics);
        }
        catch (KafkaException wrong)
        {
            OnError(wrong.Error);
        }
    }

    private void Accept(ConsumeResult<byte[]?, byte[]?> result)
    {
        PartitionState? state = _table.Find(result.TopicPartition);
        if (state is null) return;
        long offset = result.Offset.Value;
        if (offset < state.Next) _assigner.OpenEpoch(state, offset, $"offset {offset} came where {state.Next} was next: the partition was rewound");
        state.Next = offset + 1;
        Message<byte[]?, byte[]?> message = result.Message;
        var at = new SourceOffset(state.Name.Topic, state.Name.Partition, state.Epoch, offset);
        _queue.Add(new StreamEvent.Delivered(new Delivery(at, message.Timestamp.UnixTimestampMs, message.Key, message.Value, MessageHeaders.Of(message.Headers))));
    }

    private static bool IsCommitWithoutOffsets(InvalidOperationException wrong) => wrong.Message.Contains(CommitWithoutOffsets, StringComparison.Ordinal);

    private List<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        List<TopicPartitionOffset> begin = _assigner.Begin(partitions, _assigner.Committed(partitions) ?? []);
        _paused = false;
        _table.Publish(_ => null);
        return begin;
    }

    private void OnLeaving(List<TopicPartitionOffset> partitions, bool mayCommit)
    {
        if (partitions.Count == 0) return;
        string names = string.Join(", ", partitions.Select(partition => $"{partition.Topic}/{partition.Partition.Value}"));
        _log.Leaving(names);
        // Lost ones may be another member's by now: not one more offset of theirs is handed to the client.
        if (!mayCommit) _table.Remove(partitions.Select(partition => partition.TopicPartition));
        if (!_stopping) WaitForJournal(partitions, mayCommit, names);
        _table.Remove(partitions.Select(partition => partition.TopicPartition));
        _table.Publish(_ => null);
    }

    /// <summary>At the end nobody takes events any more, and everything is committed already: then there is no wait.</summary>
    private void WaitForJournal(List<TopicPartitionOffset> partitions, bool mayCommit, string names)
    {
        using var done = new ManualResetEventSlim();
        _queue.Add(new StreamEvent.PartitionsLeaving(
            [.. partitions.Select(partition => new PartitionName(partition.Topic, partition.Partition.Value))], mayCommit, () => Set(done)));
        if (!_signals.WaitFor(done, _options.RevocationWait)) _log.LeftUncommitted(names, _options.RevocationWait.TotalSeconds);
        else if (mayCommit) _assigner.CommitStored();
    }

    private void OnCommitted(CommittedOffsets committed)
    {
        if (committed.Error.IsError && committed.Error.Code != ErrorCode.Local_NoOffset) _log.CommitTrouble(_settings.Scrub(committed.Error.Reason));
        _assigner.Acknowledged(committed.Offsets.Where(one => !one.Error.IsError && one.Offset.Value >= 0).Select(one => one.TopicPartitionOffset));
    }

    /// <summary>The answer may come after the wait is over.</summary>
    private static void Set(ManualResetEventSlim done)
    {
        try
        {
            done.Set();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    private void OnError(Error error)
    {
        IngestMetrics.CountClientError();
        if (_fatal is not null) return;
        Complain($"{error.Code}: {error.Reason}", error.IsFatal);
        if (error.IsFatal) _fatal = _settings.Scrub(error.Reason);
    }

    /// <summary>Logged once while it stays the same; as an event only while there is room, for a client repeats itself for hours.</summary>
    private void Complain(string complaint, bool isFatal)
    {
        string reason = _settings.Scrub(complaint);
        if (isFatal) _log.Fatal(reason);
        else if (reason != _signals.Problem) _log.Trouble(reason);
        _signals.Problem = reason;
        if (isFatal || _queue.HasRoom) _queue.Add(new StreamEvent.ClientTrouble(reason, isFatal));
    }

    private void OnStatistics(string json)
    {
        if (ClientStatistics.AnyBrokerUp(json)) _signals.Problem = null;
    }
}
