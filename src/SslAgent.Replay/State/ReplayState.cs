using System.Security.Cryptography;
using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// The pure fold over the journal: the same records in the same order give the same state, byte for byte. Holds no content, only
/// numbers of samples. Bounded in everything. Not thread-safe: <see cref="ReplayLedger"/> guards the one that lives.
/// </summary>
public sealed class ReplayState
{
    private readonly ReplayOptions _options;
    private readonly ulong _seed;
    private readonly PartitionTable _partitions = new();
    private readonly BoundedSet _retries;
    private readonly SentinelSplit _split;
    private readonly ReplayMemory _memory;
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

    /// <summary>Applies the next record. Numbers may leave gaps (compaction, damage), never go back.</summary>
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

    /// <summary>Adds the numbers of all samples whose content may still be needed.</summary>
    public void CollectLive(ISet<long> ids)
    {
        _memory.CollectLive(ids);
        OpenCycle?.Index.CollectLive(ids);
        OpenCycle?.Sentinels.CollectLive(ids);
    }

    /// <summary>Writes <c>replay.bin</c>: format in docs/formats/journal.md.</summary>
    public void Save(Stream to) => StateFile.Write(to, Payload());

    /// <summary>Reads what <see cref="Save"/> wrote, under the same seed; smaller limits than then take effect at once.</summary>
    public static ReplayState Load(Stream from, ReplayOptions options, ulong seed)
    {
        var state = new ReplayState(options, seed);
        using var reader = new BinaryReader(new MemoryStream(StateFile.Read(from)));
        ulong savedSeed = reader.ReadUInt64();
        if (savedSeed != seed)
        {
            throw new StateFormatException($"replay.bin was folded under seed {savedSeed}, the configuration says {seed}");
        }

        state.Load(reader);
        return state;
    }

    /// <summary>sha256 of the whole state, lower-case hex: equal means equal in everything.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(Payload()));

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
                OpenCycle = new OpenCycle(sequence, started, null)
                {
                    Index = _memory.BeginCycle(),
                    Sentinels = SentinelIndex.Of(_memory.Eras),
                };
                break;
            case JournalRecord.BudgetReached reached:
                if (OpenCycle?.Started.Cycle == reached.Cycle) OpenCycle = OpenCycle with { StepsDone = reached.StepsDone };
                break;
            case JournalRecord.CycleEnded ended:
                OpenCycle = null;
                _memory.EndCycle();
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
                _memory.Remove(forgotten.Samples.Select(id => id.Sequence).ToHashSet());
                break;
            default:
                throw new BrokenInvariantException($"the fold does not know {record.GetType().Name}");
        }
    }

    private void Apply(JournalRecord.RolledBack rolledBack)
    {
        Check.That(
            rolledBack.Replay != ReplayRollback.Rewind, "a rewind is refused before it is journalled, until the fold can read the past");
        _denied.Add(rolledBack.Denied);
        if (rolledBack.Replay == ReplayRollback.DropSince) _memory.DropSince(rolledBack.ToPosition);
    }

    private static ulong RetryKey(string source, string id) => StableHash.With(StableHash.Of(source), StableHash.Of(id));

    private byte[] Payload()
    {
        var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(_seed);
        to.Write(Position);
        to.Write(LastCycle?.Value ?? 0);
        to.Write(TokenizerFrozenAt ?? -1);
        to.Write(TrainableAdmitted);
        to.Write(SentinelsAdmitted);
        to.Write(Rejected);
        to.Write(TextBytesAdmitted);
        to.Write(TrainableSinceCycle);
        to.Write(_trainableInCycle);
        to.Write(CompleteFrom);
        to.Write(_skipped.Length);
        foreach (long count in _skipped) to.Write(count);
        _partitions.Save(to);
        _retries.Save(to);
        _denied.Save(to);
        _memory.Save(to);
        to.Write(OpenCycle is not null);
        OpenCycle?.Save(to);
        to.Flush();
        return bytes.ToArray();
    }

    private void Load(BinaryReader from)
    {
        Position = from.ReadInt64();
        LastCycle = from.ReadInt32() is > 0 and int cycle ? new CycleNumber(cycle) : null;
        TokenizerFrozenAt = from.ReadInt64() is >= 0 and long frozenAt ? frozenAt : null;
        TrainableAdmitted = from.ReadInt64();
        SentinelsAdmitted = from.ReadInt64();
        Rejected = from.ReadInt64();
        TextBytesAdmitted = from.ReadInt64();
        TrainableSinceCycle = from.ReadInt64();
        _trainableInCycle = from.ReadInt64();
        CompleteFrom = from.ReadInt64();
        int reasons = from.ReadInt32();
        for (int i = 0; i < reasons; i++) _skipped[i] = from.ReadInt64();
        _partitions.Load(from);
        _retries.Load(from);
        _denied.Load(from);
        _memory.Load(from);
        if (from.ReadBoolean()) OpenCycle = OpenCycle.Load(from);
    }
}
