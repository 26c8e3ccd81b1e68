using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// The pure fold over the journal: the same records in the same order give the same state, byte for byte. Holds no content, only
/// numbers of samples. Bounded in everything. Not thread-safe: <see cref="ReplayLedger"/> guards the one that lives.
/// </summary>
public sealed partial class ReplayState
{
    private readonly ReplayOptions _options;
    private readonly ulong _seed;
    private readonly PartitionTable _partitions = new();
    // How far each partition was when the cycle began that is open, and when the last one began that was learned.
    private IReadOnlyList<PartitionPosition> _inCycle = [];
    private readonly BoundedSet _retries;
    private readonly SentinelSplit _split;
    private ReplayMemory _memory;
    private readonly DenyList _denied = new();
    private readonly long[] _skipped = new long[Enum.GetValues<SkipReason>().Length];
    private long _trainableInCycle;

    public ReplayState(ReplayOptions options, ulong seed)
    {
        _options = options;
        _seed = seed;
        _retries = new BoundedSet(options.RetryWindow);
        _split = new SentinelSplit(options, seed);
        _memory = new ReplayMemory(options, seed);
    }

    /// <summary>This is the fold of all records before this number.</summary>
    public long Position { get; private set; }

    /// <summary>The cycle that has begun and not ended, or null.</summary>
    public OpenCycle? OpenCycle { get; private set; }

    /// <summary>The highest cycle number used so far, or null: the next one is one more.</summary>
    public CycleNumber? LastCycle { get; private set; }

    /// <summary>The number of the record that froze the tokenizer, or null.</summary>
    public long? TokenizerFrozenAt { get; private set; }

    /// <summary>The journal has every sample from this number on; what came before may be gone where nothing live held it.</summary>
    public long CompleteFrom { get; private set; }

    /// <summary>Samples kept for training.</summary>
    public long TrainableAdmitted { get; private set; }

    public long SentinelsAdmitted { get; private set; }

    public long Rejected { get; private set; }

    /// <summary>Bytes of text kept for training: what the tokenizer's threshold goes by.</summary>
    public long TextBytesAdmitted { get; private set; }

    /// <summary>Samples kept for training since the last cycle began: what the count trigger goes by.</summary>
    public long TrainableSinceCycle { get; private set; }

    /// <summary>Where to go on reading, by partition.</summary>
    public IReadOnlyList<PartitionPosition> Partitions => _partitions.Positions;

    /// <summary>How far each partition was when the last cycle began that came to its end: what is behind that was learned from.</summary>
    public IReadOnlyList<PartitionPosition> Learned { get; private set; } = [];

    /// <summary>Samples that can be drawn now, by modality.</summary>
    public AvailableData Buffered => new(_memory.Buffer.Frames.Count, _memory.Buffer.Texts.Count, _memory.Buffer.Pairs.Count);

    /// <summary>Samples of the buffer that came at or after a position: what dropping them would take.</summary>
    public int CountSince(long position) => _memory.CountSince(position);

    /// <summary>The eras that sentinels are kept of, with how many.</summary>
    public IReadOnlyList<Era> Eras => SentinelIndex.Of(_memory.Eras).Eras;

    internal ReplayMemory Memory => _memory;

    internal PartitionTable PartitionTable => _partitions;

    internal DenyList Denied => _denied;

    public long Skipped(SkipReason reason) => _skipped[(int)reason];

    internal bool IsRetry(Sample sample) => sample.Id is not null && _retries.Contains(RetryKey(sample.Source, sample.Id));

    internal bool IsSentinel(Sample sample) => _split.IsSentinel(sample);

    /// <summary>
    /// Applies the next record, but for a rewind (<see cref="Rewind"/>). Numbers may leave gaps (compaction, damage), never go back.
    /// </summary>
    public void Apply(long sequence, JournalRecord record)
    {
        Check.That(sequence >= Position, "records are applied in order, each once");
        Position = sequence + 1;
        switch (record)
        {
            case JournalRecord.Admitted admitted:
                Apply(sequence, admitted);
                break;
            case JournalRecord.Rejected rejected:
                _partitions.Delivered(rejected.Delivery.At);
                Rejected++;
                break;
            case JournalRecord.Skipped skipped:
                _partitions.Delivered(skipped.At);
                _skipped[(int)skipped.Reason]++;
                break;
            case JournalRecord.EpochOpened opened:
                _partitions.EpochOpened(opened);
                break;
            default:
                ApplyDecision(sequence, record);
                break;
        }
    }

    /// <summary>Takes samples out of what is remembered.</summary>
    internal void Forget(IReadOnlySet<long> ids) => _memory.Remove(ids);

    /// <summary>
    /// Offers samples that were admitted after this state anew, with the same chance as the first time, less what is denied: what a rewind makes of the state
    /// that it goes back to. Only what is remembered is right afterwards; <see cref="Rewind"/> takes nothing else.
    /// </summary>
    /// <param name="since">All admitted records from this state's position on, in order.</param>
    internal void OfferAnew(IEnumerable<(long Sequence, JournalRecord.Admitted Record)> since, DenyList denied)
    {
        long ordinal = TrainableAdmitted + SentinelsAdmitted;
        foreach ((long id, JournalRecord.Admitted admitted) in since)
        {
            // A denied one keeps its place in the count, so that chance deals with the others as it did before.
            if (!denied.Denies(admitted.Sample.At))
            {
                _memory.Admit(id, admitted.Sample, admitted.IsSentinel, ordinal);
                if (!admitted.IsSentinel) TrainableSinceCycle++;
            }

            ordinal++;
        }
    }

    /// <summary>
    /// Applies a rollback that rewinds: what is remembered becomes what the past remembered, with what came since offered anew. Where to go on reading, what is
    /// known of retries and all that was counted stay.
    /// </summary>
    /// <param name="past">The state at the version gone back to, after <see cref="OfferAnew"/>; belongs to this one from here on.</param>
    internal void Rewind(long sequence, JournalRecord.RolledBack rolledBack, ReplayState past)
    {
        Check.That(sequence >= Position, "records are applied in order, each once");
        Check.That(OpenCycle is null, "a cycle is abandoned before a rollback");
        Position = sequence + 1;
        _denied.Add(rolledBack.Denied);
        _memory = past._memory;
        Learned = past.Learned;
        TrainableSinceCycle = past.TrainableSinceCycle;
    }

    /// <summary>Applies a rewind whose past is lost: what came since the version gone back to leaves, and what is denied, and nothing is learned again.</summary>
    /// <param name="deniedIds">The samples that the denied stretches stand for.</param>
    internal void DropInsteadOfRewinding(long sequence, JournalRecord.RolledBack rolledBack, IReadOnlySet<long> deniedIds)
    {
        Check.That(sequence >= Position, "records are applied in order, each once");
        Position = sequence + 1;
        _denied.Add(rolledBack.Denied);
        _memory.DropSince(rolledBack.ToPosition);
        _memory.Remove(deniedIds);
        TrainableSinceCycle = 0;
    }

    /// <summary>Adds the numbers of all samples whose content may still be needed.</summary>
    public void CollectLive(ISet<long> ids)
    {
        _memory.CollectLive(ids);
        OpenCycle?.Index.CollectLive(ids);
        OpenCycle?.Sentinels.CollectLive(ids);
        OpenCycle?.Candidates.CollectLive(ids);
    }

    private void Apply(long sequence, JournalRecord.Admitted admitted)
    {
        Sample sample = admitted.Sample;
        _partitions.Delivered(sample.At);
        if (sample.Id is not null) _retries.Add(RetryKey(sample.Source, sample.Id));
        _memory.Admit(sequence, sample, admitted.IsSentinel, TrainableAdmitted + SentinelsAdmitted);
        if (admitted.IsSentinel)
        {
            SentinelsAdmitted++;
            return;
        }

        TrainableAdmitted++;
        TrainableSinceCycle++;
        TextBytesAdmitted += sample.Text?.Utf8.Length ?? 0;
    }

    private void ApplyDecision(long sequence, JournalRecord record)
    {
        switch (record)
        {
            case JournalRecord.TokenizerFrozen:
                TokenizerFrozenAt = sequence;
                break;
            case JournalRecord.CycleStarted started:
                LastCycle = started.Cycle;
                (_trainableInCycle, TrainableSinceCycle) = (TrainableSinceCycle, 0);
                _inCycle = _partitions.Positions;
                OpenCycle = new OpenCycle(sequence, started, null)
                {
                    Index = _memory.BeginCycle(),
                    Sentinels = SentinelIndex.Of(_memory.Eras),
                    Candidates = Candidates.Of(_memory.Buffer),
                };
                break;
            case JournalRecord.BudgetReached reached:
                if (OpenCycle?.Started.Cycle == reached.Cycle) OpenCycle = OpenCycle with { StepsDone = reached.StepsDone };
                break;
            case JournalRecord.Evicted evicted:
                _memory.Evict(evicted);
                break;
            case JournalRecord.CycleEnded ended:
                _memory.EndCycle(ended.Verdict.Kind == VerdictKind.Reject);
                OpenCycle = null;
                Learned = _inCycle;
                _memory.Remove(ended.Quarantined.Select(id => id.Sequence).ToHashSet());
                break;
            case JournalRecord.CycleAbandoned:
                OpenCycle = null;
                TrainableSinceCycle += _trainableInCycle;
                _memory.AbandonCycle();
                break;
            case JournalRecord.RolledBack rolledBack:
                Apply(rolledBack);
                break;
            case JournalRecord.HistoryRetired retired:
                CompleteFrom = Math.Max(CompleteFrom, retired.Horizon);
                break;
            case JournalRecord.Forgotten forgotten:
                Forget(forgotten.Samples.Select(id => id.Sequence).ToHashSet());
                // What is taken off the disk now, no older state can be folded from.
                CompleteFrom = Math.Max(CompleteFrom, Position);
                break;
            case JournalRecord.DriftFound drift:
                _memory.OpenEra(drift.Source, TrainableAdmitted + SentinelsAdmitted);
                break;
            case JournalRecord.TrainingResumed:
                break;
            default:
                throw new BrokenInvariantException($"the fold does not know {record.GetType().Name}");
        }
    }

    private void Apply(JournalRecord.RolledBack rolledBack)
    {
        Check.That(rolledBack.Replay != ReplayRollback.Rewind, "a rewind is applied with the past state at hand");
        _denied.Add(rolledBack.Denied);
        if (rolledBack.Replay != ReplayRollback.DropSince) return;
        _memory.DropSince(rolledBack.ToPosition);
        // What is dropped makes no cycle due.
        TrainableSinceCycle = 0;
    }

    private static ulong RetryKey(string source, string id) => StableHash.With(StableHash.Of(source), StableHash.Of(id));
}
