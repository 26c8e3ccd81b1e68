using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>Where a ledger lives and what it is folded under.</summary>
/// <param name="Directory">The journal's directory.</param>
/// <param name="Seed">The lineage's seed: chance in the fold is keyed by it.</param>
public sealed record ReplayPlace(IDisk Disk, string Directory, ulong Seed, TimeProvider Time)
{
    /// <summary>Opens the <c>replay.bin</c> of a version, which a rewind goes back to; null where it is not there any more.</summary>
    public Func<ModelVersion, Stream?>? Past { get; init; }
}

/// <summary>
/// The journal and its fold, kept in step: whatever happens is appended and applied under one lock. The room's front door; safe to call
/// from any thread. Whoever opened it syncs and disposes it. Owns the files of the journal's directory.
/// </summary>
public sealed partial class ReplayLedger : IDisposable
{
    private const int UnreadableToldMax = 100;

    private readonly Lock _lock = new();
    private readonly ReplayPlace _place;
    private readonly ReplayOptions _options;
    private readonly Journal _journal;
    private readonly ReplayState _state;
    private readonly ILogger _logger;
    private readonly ReplayMetrics _metrics;
    private readonly BatchReader _reader;
    private readonly Rewinding _rewinding;
    private long _redelivered;
    private long _unreadable;

    private ReplayLedger(
        ReplayPlace place, ReplayOptions options, Journal journal, ReplayState state, RecoveryReport recovery, ILogger logger)
    {
        _place = place;
        _options = options;
        _journal = journal;
        _state = state;
        _logger = logger;
        Recovery = recovery;
        _reader = new BatchReader(journal, Unreadable);
        _rewinding = new Rewinding(journal, place, options);
        _metrics = new ReplayMetrics(Stats, recovery.Damaged.Count);
    }

    /// <summary>What <see cref="Open"/> found.</summary>
    public RecoveryReport Recovery { get; }

    /// <summary>The number that the next record gets.</summary>
    public long Position => _journal.Position;

    /// <summary>Bytes of journal, durable or not.</summary>
    public long JournalBytes => _journal.Bytes + _journal.PendingBytes;

    /// <summary>How long until <see cref="Sync"/> is due by the group commit; null while nothing waits.</summary>
    public TimeSpan? SyncDueIn => _journal.SyncDueIn;

    /// <summary>Where to go on reading, by partition: the fold's own truth, durable or not.</summary>
    public IReadOnlyList<PartitionPosition> Partitions
    {
        get
        {
            lock (_lock) return _state.Partitions;
        }
    }

    /// <summary>How far each partition was when the last finished cycle began.</summary>
    public IReadOnlyList<PartitionPosition> Learned
    {
        get
        {
            lock (_lock) return _state.Learned;
        }
    }

    /// <summary>The journal has every sample from this number on; what came before may be gone where nothing held it.</summary>
    public long CompleteFrom
    {
        get
        {
            lock (_lock) return _state.CompleteFrom;
        }
    }

    /// <summary>Samples that can be drawn now, by modality.</summary>
    public AvailableData Buffered
    {
        get
        {
            lock (_lock) return _state.Buffered;
        }
    }

    /// <summary>Samples kept for training since the last cycle began: what the count trigger goes by.</summary>
    public long TrainableSinceCycle
    {
        get
        {
            lock (_lock) return _state.TrainableSinceCycle;
        }
    }

    /// <summary>The cycle that began and has not ended, or null.</summary>
    public OpenCycle? OpenCycle
    {
        get
        {
            lock (_lock) return _state.OpenCycle;
        }
    }

    /// <summary>The highest cycle number used so far, or null.</summary>
    public CycleNumber? LastCycle
    {
        get
        {
            lock (_lock) return _state.LastCycle;
        }
    }

    /// <summary>Opens the journal and folds what came after a saved state (or everything).</summary>
    /// <param name="saved">The <c>replay.bin</c> of the version to stand on, or null.</param>
    /// <param name="observe">Sees each record that is folded, right after it was applied: recovery finds open cycles and versions
    /// here.</param>
    public static ReplayLedger Open(
        ReplayPlace place, ReplayOptions options, Stream? saved, ILogger logger, Action<NumberedRecord, ReplayState>? observe = null)
    {
        ReplayState state = saved is null ? new ReplayState(options, place.Seed) : ReplayState.Load(saved, options, place.Seed);
        Journal journal = Journal.Open(place.Disk, place.Directory, options, place.Time, state.Position);
        try
        {
            RecoveryReport report = Recovering.Fold(journal, state, new Rewinding(journal, place, options) { IsLenient = true }, place.Time, observe);
            Recovering.Tell(report, logger);
            return new ReplayLedger(place, options, journal, state, report, logger);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Journals what ingest made of one delivered message, unless it is there already. After a <see cref="StorageException"/> nothing
    /// happened and the same message may be offered again.
    /// </summary>
    public AdmissionOutcome Admit(Intake intake)
    {
        lock (_lock)
        {
            JournalRecord? record = Admission.Decide(_state, intake);
            AdmissionOutcome outcome = record is null
                ? new AdmissionOutcome(AdmissionResult.Redelivered, -1)
                : new AdmissionOutcome(Admission.ResultOf(record), AppendAndApply_NeedsLock(record));
            if (record is null) _redelivered++;
            _metrics.Message(outcome.Result);
            return outcome;
        }
    }

    /// <summary>From here on this partition's offsets, from the first one on, mean other messages. Returns the new epoch.</summary>
    public int OpenEpoch(string topic, int partition, long firstOffset, string reason)
    {
        lock (_lock)
        {
            int epoch = (_state.PartitionTable.Find(topic, partition)?.Epoch ?? -1) + 1;
            AppendAndApply_NeedsLock(new JournalRecord.EpochOpened(topic, partition, epoch, firstOffset, reason));
            ReplayLog.EpochOpened(_logger, topic, partition, epoch, firstOffset, reason);
            return epoch;
        }
    }

    /// <summary>
    /// Journals a decision: durable on return. Returns its number. Cycles begin by <see cref="StartCycle"/>. Throws <see cref="ControlRefusedException"/>
    /// where a rewind goes back further than the journal reaches.
    /// </summary>
    public long Decide(JournalRecord decision)
    {
        Check.That(
            JournalCodec.IsDecision(decision) && decision is not JournalRecord.CycleStarted, "samples are admitted and cycles are started");
        lock (_lock)
        {
            long sequence = decision is JournalRecord.RolledBack { Replay: ReplayRollback.Rewind } rewind
                ? AppendAndRewind_NeedsLock(rewind)
                : AppendAndApply_NeedsLock(decision);
            if (decision is JournalRecord.Evicted evicted) _metrics.Evicted(evicted);
            return sequence;
        }
    }

    /// <summary>Journals the beginning of a cycle, durable on return, and freezes what it trains on and is probed on.</summary>
    public OpenCycle StartCycle(JournalRecord.CycleStarted started)
    {
        lock (_lock)
        {
            Check.That(_state.OpenCycle is null, "one cycle at a time");
            Check.That(started.Cycle.Value > (_state.LastCycle?.Value ?? 0), "cycle numbers never repeat");
            AppendAndApply_NeedsLock(started);
            return Check.NotNull(_state.OpenCycle, "a cycle that started is open");
        }
    }

    /// <summary>Journals a decision, durable on return, and gives the state as it is right after it: what a version keeps.</summary>
    public SavedState DecideAndSave(JournalRecord decision)
    {
        lock (_lock)
        {
            long sequence = Decide(decision);
            using var bytes = new MemoryStream();
            _state.Save(bytes);
            return new SavedState(sequence, _state.Position, _state.Partitions, bytes.ToArray());
        }
    }

    /// <summary>The frozen view of a cycle that the fold knows: the same as when it began.</summary>
    /// <param name="freshRatio">Share of each batch drawn from fresh samples: the cycle's own plan has it. Null: what is fresh is drawn as often as what is remembered.</param>
    /// <param name="sourceWeights">How often replayed samples of a source are drawn beside others, by the same plan; null: all the same.</param>
    public TrainingView View(OpenCycle cycle, double? freshRatio, IReadOnlyDictionary<string, double>? sourceWeights = null) => new(_reader, cycle.Index, freshRatio, sourceWeights);

    /// <summary>The buffer as it was when the cycle began, for its model to weigh.</summary>
    /// <param name="options">Those that the cycle's own plan has.</param>
    public BufferView Buffer(OpenCycle cycle, ReplayOptions options) => new(_reader, cycle.Candidates, options);

    /// <summary>The sentinels as they were when the cycle began.</summary>
    public SentinelView Sentinels(OpenCycle cycle) => new(_reader, cycle.Sentinels);

    /// <summary>The sentinels as they are now.</summary>
    public SentinelView Sentinels()
    {
        lock (_lock) return new SentinelView(_reader, SentinelIndex.Of(_state.Memory.Eras));
    }

    /// <summary>
    /// Makes everything admitted so far durable. Returns how far each partition then is: what may be committed to Kafka. After a
    /// <see cref="StorageException"/> it may be tried again, now or later; nothing is lost meanwhile.
    /// </summary>
    public IReadOnlyList<PartitionPosition> Sync()
    {
        long began = _place.Time.GetTimestamp();
        IReadOnlyList<PartitionPosition> positions = Partitions;
        _journal.Sync();
        _metrics.Synced(_place.Time.GetElapsedTime(began));
        return positions;
    }

    /// <summary>Writes <c>replay.bin</c> as of now. Returns its position.</summary>
    public long SaveState(Stream to)
    {
        var copy = new MemoryStream();
        long position;
        lock (_lock)
        {
            _state.Save(copy);
            position = _state.Position;
        }

        copy.Position = 0;
        copy.CopyTo(to);
        return position;
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _journal.Dispose();
    }

    private void Unreadable(SampleUnreadableException fault)
    {
        // Each draw would say it again: the first ones are enough to act on, the count tells the rest.
        if (Interlocked.Increment(ref _unreadable) <= UnreadableToldMax) ReplayLog.SampleUnreadable(_logger, fault.Message);
    }

    private long AppendAndApply_NeedsLock(JournalRecord record)
    {
        long sequence = _journal.Append(record);
        _state.Apply(sequence, record);
        return sequence;
    }

    private long AppendAndRewind_NeedsLock(JournalRecord.RolledBack rewind)
    {
        Rewinding.Require(_state, rewind.To, rewind.ToPosition);
        _journal.Sync();
        ReplayState past = _rewinding.Prepare(_state, rewind, _journal.Position);
        long sequence = _journal.Append(rewind);
        _state.Rewind(sequence, rewind, past);
        return sequence;
    }
}
