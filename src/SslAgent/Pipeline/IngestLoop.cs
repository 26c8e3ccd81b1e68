using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Kafka;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// The one thread that brings messages into the journal:
/// <code>
/// reader ─ (1) decode ─ (2) admit: journal and fold ─ (3) group commit: fsync, then Kafka's offsets, then whoever waits for it
/// </code>
/// A disk that fails or has no room makes it wait and try the same record again, so nothing is lost; Kafka is paused behind it by the reader's bounded
/// queue.
/// </summary>
internal sealed class IngestLoop : IDisposable
{
    public const string Name = "ingest";

    private const int TakeMax = 256;
    /// <summary>How long one turn may take before the loop counts as stuck.</summary>
    public static readonly TimeSpan TurnMax = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);

    private readonly IStreamReader _reader;
    private readonly Commits _commits;
    private readonly MessageDecoder _decoder;
    private readonly Ledger _ledger;
    private readonly CycleTriggers _triggers;
    private readonly DiskRoom _room;
    private readonly DeadLetterFeed? _deadLetters;
    private readonly ProblemBoard _problems;
    private readonly StreamNews _news;
    private readonly LoopHealth _health;
    private readonly IAgentObserver _observer;
    private readonly ILogger _log;
    private readonly Patience _patience;

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<StreamEvent> _events = new(TakeMax);
    private readonly IngestTally _counts = new();
    private long _told;
    private readonly Thread _thread;

    public IngestLoop(
        IStreamReader reader, Commits commits, MessageDecoder decoder, Ledger ledger, CycleTriggers triggers, Func<Patience, DiskRoom> room,
        DeadLetterFeed? deadLetters, ProblemBoard problems, LoopHealth health, IAgentObserver observer, ILogger log)
    {
        (_reader, _commits, _decoder, _ledger, _triggers, _deadLetters, _problems, _health, _observer, _log) =
            (reader, commits, decoder, ledger, triggers, deadLetters, problems, health, observer, log);
        _news = new StreamNews(problems, log);
        _patience = new Patience(Name, TurnMax, problems, health, log, _stop.Token);
        _room = room(_patience);
        _thread = new Thread(Run) { Name = Name, IsBackground = true };
    }

    /// <summary>Raised once, from the ingest thread, when it ends by a fault.</summary>
    public event Action<Exception>? Failed;

    public void Start()
    {
        _reader.Start();
        _thread.Start();
    }

    /// <summary>Makes durable what was taken, commits, ends; what the reader still has queued is delivered again after the next start. The task ends with the thread.</summary>
    public Task StopAsync()
    {
        _reader.StopReading();
        _stop.Cancel();
        return _thread.ThreadState.HasFlag(ThreadState.Unstarted) ? Task.CompletedTask : _ended.Task;
    }

    public void Dispose() => _stop.Dispose();

    private void Run()
    {
        try
        {
            TakeTurns();
            Sync();
            _commits.Send();
        }
        catch (OperationCanceledException)
        {
            // Stopping while the disk fails: what is not durable is delivered again.
        }
        catch (Exception fault)
        {
            // Policy: a fault here is ours or Kafka's for good; the daemon ends, and Kafka delivers again what is not in the journal.
            HeadLog.LoopFailed(_log, Name, fault.Message, fault);
            Failed?.Invoke(fault);
        }
        finally
        {
            _health.Retire(Name);
            _ended.TrySetResult();
        }
    }

    private void TakeTurns()
    {
        try
        {
            while (!_reader.IsCompleted && !_stop.IsCancellationRequested)
            {
                _health.Mark(Name, TurnMax);
                // A crash may have come between the sample that made a cycle due and the cycle's record, and a rewind makes one due without any sample.
                _triggers.Admitted(SyncWaiting, _stop.Token);
                _events.Clear();
                TimeSpan wait = _ledger.SyncDueIn is { } due && due < Turn ? due : Turn;
                _reader.Take(_events, TakeMax, wait, _stop.Token);
                TakeIn();
                _commits.SendDue();
                _triggers.AfterIngest(_stop.Token);
                Note();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping where a cycle has to begin before the next sample, or on a disk that fails: what was not admitted is delivered again.
        }
    }

    /// <summary>Asks after each message whether the group commit is due: a turn's messages together may take far longer to decode than the first may wait.</summary>
    private void TakeIn()
    {
        foreach (StreamEvent one in _events)
        {
            Handle(one);
            if (MustSync) Sync();
        }

        if (_events.Count == 0 && MustSync) Sync();
    }

    /// <summary>
    /// The group commit is due; or nothing waits, because a decision took the samples before it along, and whoever waits for them was not told yet.
    /// </summary>
    private bool MustSync => _ledger.SyncDueIn is { } due ? due == TimeSpan.Zero : _ledger.Position > _told;

    private void Handle(StreamEvent one)
    {
        switch (one)
        {
            case StreamEvent.Delivered delivered:
                Intake intake = _decoder.Decode(delivered.Delivery); // (1)
                _room.Await(intake, Sync);
                AdmissionOutcome outcome = _patience.Insist(DiskTrouble.Admitting, () => _ledger.Admit(intake)); // (2)
                while (_ledger.OwesDrift && _patience.Insist(DiskTrouble.Admitting, _ledger.SettleDrift) is { } drift) Judge.Tell(drift, _log);
                _counts.Add(intake, outcome.Result);
                if (intake is Intake.Refused refused && outcome.Result == AdmissionResult.Rejected) _deadLetters?.Offer(outcome.Sequence, refused);
                _triggers.Admitted(SyncWaiting, _stop.Token);
                break;
            case StreamEvent.EpochChanged changed:
                var epoch = new StreamEpoch(changed.Topic, changed.Partition, changed.Epoch, changed.FirstOffset, changed.Reason);
                _patience.Insist(DiskTrouble.Admitting, () => _ledger.OpenEpoch(epoch));
                _news.Tell(changed);
                break;
            case StreamEvent.MessagesMissing missing:
                _news.Tell(missing);
                break;
            case StreamEvent.PartitionsLeaving leaving:
                Leave(leaving);
                break;
            case StreamEvent.ClientTrouble trouble:
                if (_problems.Set("kafka", $"Kafka: {trouble.Reason}")) HeadLog.KafkaTrouble(_log, trouble.Reason);
                break;
        }
    }

    private void Leave(StreamEvent.PartitionsLeaving leaving)
    {
        try
        {
            Sync();
            if (leaving.MayCommit) _commits.Send();
        }
        finally
        {
            leaving.Done();
        }
    }

    /// <summary>Before a wait that may be long: what was taken in must not wait along.</summary>
    private void SyncWaiting()
    {
        if (_ledger.Position > _told) Sync();
    }

    /// <summary>(3) Durable first, then Kafka is told, then the dead letters.</summary>
    private void Sync()
    {
        long position = _ledger.Position;
        IReadOnlyList<PartitionPosition> durable = _patience.Insist(DiskTrouble.Admitting, _ledger.Sync);
        _observer.OnDurable(durable);
        _commits.Durable(durable);
        _deadLetters?.Durable(position);
        _told = position;
    }

    private void Note()
    {
        if (_reader.Problem is null) _problems.Clear("kafka");
        if (_events.Count > 0) _observer.OnIngested(_counts.Now(_ledger.Stats));
    }
}
