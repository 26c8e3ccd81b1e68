using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Ingest.DeadLetters;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// Feeds the dead-letter topic from the journal, at least once: what is rejected goes out only after it is durable here, and a cursor on disk says how
/// far the broker has it. After a start, and where more is rejected than fits the queue, it reads the journal itself. One thread of its own.
/// </summary>
internal sealed class DeadLetterFeed : IDisposable
{
    public const string Name = "dead-letters";

    private const int QueueMax = 1_000;
    private const long QueueBytesMax = 64 * 1_048_576;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500), TurnMax = TimeSpan.FromMinutes(5), FlushMax = TimeSpan.FromSeconds(3);

    private readonly DeadLetterProducer _producer;
    private readonly Ledger _ledger;
    private readonly IDisk _disk;
    private readonly string _cursorPath;
    private readonly ProblemBoard _problems;
    private readonly LoopHealth _health;
    private readonly Patience _patience;

    // From the ingest thread to this one.
    private readonly ConcurrentQueue<(long Sequence, Intake.Refused Refused)> _queue = new();
    private readonly AutoResetEvent _wake = new(false);
    private long _queuedBytes;
    private long _durable;

    // Whether the journal is read instead of the queue, and the last record that was left to it.
    private readonly Lock _gate = new();
    private bool _readsJournal = true;
    private long _leftToJournal = -1;

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;

    // This thread's: the last number looked at, and the cursor as it stands on disk.
    private long _seen;
    private long _cursor;

    public DeadLetterFeed(
        DeadLetterProducer producer, Ledger ledger, IDisk disk, string cursorPath, ProblemBoard problems, LoopHealth health, ILogger log)
    {
        (_producer, _ledger, _disk, _cursorPath, _problems, _health) = (producer, ledger, disk, cursorPath, problems, health);
        _patience = new Patience(Name, TurnMax, problems, health, log, _stop.Token);
        _seen = _cursor = ReadCursor();
        _durable = ledger.Stats.JournalPosition;
        _thread = new Thread(Run) { Name = Name, IsBackground = true };
    }

    /// <summary>
    /// Rejected records from this number on may still have to be read from the journal; the largest number where the broker has all of them. From any
    /// thread.
    /// </summary>
    public long OwedFrom
    {
        get
        {
            lock (_gate)
            {
                bool owesNothing = !_readsJournal && _queue.IsEmpty && _producer.PendingCount == 0;
                return owesNothing ? long.MaxValue : Volatile.Read(ref _cursor) + 1;
            }
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Ingest thread: a rejected record was appended. Where the queue is full the journal is read instead; nothing is lost.</summary>
    public void Offer(long sequence, Intake.Refused refused)
    {
        lock (_gate)
        {
            _readsJournal |= _queue.Count >= QueueMax || Interlocked.Read(ref _queuedBytes) >= QueueBytesMax;
            if (_readsJournal)
            {
                _leftToJournal = sequence;
                return;
            }

            Interlocked.Add(ref _queuedBytes, refused.Delivery.Bytes);
            _queue.Enqueue((sequence, refused));
        }
    }

    /// <summary>Ingest thread, after a sync: everything before this position is durable.</summary>
    public void Durable(long position)
    {
        Volatile.Write(ref _durable, position);
        _wake.Set();
    }

    public Task StopAsync()
    {
        _stop.Cancel();
        _wake.Set();
        return _thread.ThreadState.HasFlag(ThreadState.Unstarted) ? Task.CompletedTask : _ended.Task;
    }

    public void Dispose()
    {
        _producer.Dispose();
        _wake.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            Feed();
            _producer.Flush(FlushMax);
            Note();
        }
        catch (StorageException)
        {
            // Stopping on a disk that fails: the cursor stays where it was, and some go out twice.
        }
        finally
        {
            _health.Retire(Name);
            _ended.TrySetResult();
        }
    }

    /// <summary>Until the daemon stops, and then once more: the ingest thread ended before, and made durable what it had.</summary>
    private void Feed()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                _health.Mark(Name, TurnMax);
                // What was submitted is not submitted again, so each may be repeated where the disk fails in the middle.
                _patience.Insist(DiskTrouble.DeadLetters, Send);
                _patience.Insist(DiskTrouble.DeadLetters, Note);
                _wake.WaitOne(Turn);
            }

            Send();
        }
        catch (OperationCanceledException)
        {
            // Stopping while more waits than may be under way: the rest goes out after the next start.
        }
    }

    private void Send()
    {
        bool readsJournal;
        lock (_gate) readsJournal = _readsJournal;
        if (readsJournal) ReadJournal();
        long durable = Volatile.Read(ref _durable);
        while (_queue.TryPeek(out (long Sequence, Intake.Refused Refused) next) && next.Sequence < durable)
        {
            // Taken out once it is on its way: where the disk fails meanwhile, it is met here again.
            if (next.Sequence > _seen) Submit(next.Sequence, next.Refused.Delivery, next.Refused.Rejection);
            _queue.TryDequeue(out _);
            Interlocked.Add(ref _queuedBytes, -next.Refused.Delivery.Bytes);
        }
    }

    private void ReadJournal()
    {
        long durable = Volatile.Read(ref _durable);
        using (JournalCursor journal = _ledger.Read(_seen + 1))
        {
            while (journal.MoveNext() && journal.Current.Sequence < durable)
            {
                if (journal.Current.Record is JournalRecord.Rejected rejected) Submit(journal.Current.Sequence, rejected.Delivery, rejected.Rejection);
                else _seen = journal.Current.Sequence;
            }
        }

        // The queue serves again once nothing that was left to the journal lies beyond what was just read.
        lock (_gate) _readsJournal = _leftToJournal >= durable;
    }

    private void Submit(long sequence, Delivery delivery, Rejection rejection)
    {
        while (!_producer.TrySubmit(sequence, delivery, rejection))
        {
            _health.Mark(Name, TurnMax);
            Note();
            if (_stop.Token.WaitHandle.WaitOne(Turn)) throw new OperationCanceledException(_stop.Token);
        }

        _seen = sequence;
    }

    private void Note()
    {
        if (_producer.Problem is { } problem) _problems.Set(Name, $"dead letters wait: {problem}");
        else _problems.Clear(Name);
        long through = _producer.PendingCount == 0 ? _seen : _producer.DurableThrough;
        if (through <= _cursor) return;
        AtomicFile.Write(_disk, _cursorPath, DeadLetterCursor.Bytes(through));
        Volatile.Write(ref _cursor, through);
    }

    private long ReadCursor() => AtomicFile.Read(_disk, _cursorPath) is { } bytes ? DeadLetterCursor.Read(bytes) : DeadLetterCursor.None;
}
