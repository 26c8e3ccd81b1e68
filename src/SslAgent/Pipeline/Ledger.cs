using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// The journal with both of its folds: what was remembered (the replay room's) and which version stands where (<see cref="LineageFold"/>).
/// Every decision goes through here, so the two never disagree. Safe from any thread; whoever made it disposes it.
/// </summary>
internal sealed class Ledger : IPartitionPositions, IDisposable
{
    private readonly ReplayLedger _replay;
    private readonly LineageFold _lineage;
    private readonly int _samplesMin;

    // Guards the lineage, and that its records reach both folds in one order.
    private readonly Lock _deciding = new();

    public Ledger(ReplayLedger replay, LineageFold lineage, int samplesMin) => (_replay, _lineage, _samplesMin) = (replay, lineage, samplesMin);

    /// <summary>The number that the next record gets.</summary>
    public long Position => _replay.Position;

    public TimeSpan? SyncDueIn => _replay.SyncDueIn;

    /// <summary>Where to go on reading, durable or not.</summary>
    public IReadOnlyList<PartitionPosition> Positions => _replay.Partitions;

    public ModelVersion? Head
    {
        get
        {
            lock (_deciding) return _lineage.Head;
        }
    }

    public Verdict? LastVerdict
    {
        get
        {
            lock (_deciding) return _lineage.LastVerdict;
        }
    }

    public ModelVersion NextVersion
    {
        get
        {
            lock (_deciding) return _lineage.NextVersion;
        }
    }

    public JournalRecord.TokenizerFrozen? Tokenizer
    {
        get
        {
            lock (_deciding) return _lineage.Tokenizer;
        }
    }

    public ReplayStats Stats => _replay.Stats();

    public long TrainableSinceCycle => _replay.TrainableSinceCycle;

    /// <summary>Whether there is enough to learn from, and no cycle open.</summary>
    public bool CanBegin
    {
        get
        {
            AvailableData buffered = _replay.Buffered;
            return buffered.Frames + buffered.Texts >= _samplesMin;
        }
    }

    public PartitionPosition? Find(string topic, int partition) =>
        _replay.Partitions.FirstOrDefault(position => position.Topic == topic && position.Partition == partition);

    public AdmissionOutcome Admit(Intake intake) => _replay.Admit(intake);

    public void OpenEpoch(StreamEpoch epoch)
    {
        int opened = _replay.OpenEpoch(epoch.Topic, epoch.Partition, epoch.FirstOffset, epoch.Reason);
        Check.That(opened == epoch.Epoch, "reader and journal count epochs alike");
    }

    /// <summary>Makes everything admitted durable, and says how far each partition then is.</summary>
    public IReadOnlyList<PartitionPosition> Sync() => _replay.Sync();

    /// <summary>Journals the beginning of a cycle and freezes what it trains on; null where there is not enough to learn from.</summary>
    public PreparedCycle? BeginCycle(CyclePlan plan, string fingerprint, string trigger)
    {
        lock (_deciding)
        {
            if (!CanBegin || _lineage.Open is not null) return null;
            var started = new JournalRecord.CycleStarted(_lineage.NextCycle, plan.ToJson(), fingerprint, trigger);
            ModelVersion? parent = _lineage.Head;
            OpenCycle open = _replay.StartCycle(started);
            _lineage.Apply(open.Sequence, started);
            return new PreparedCycle(
                started, plan, parent, _replay.View(open, plan.Replay.FreshRatio), _replay.Sentinels(open), _lineage.Tokenizer?.TokenizerJson);
        }
    }

    /// <summary>Journals a decision, durable on return.</summary>
    public void Decide(JournalRecord decision)
    {
        lock (_deciding) _lineage.Apply(_replay.Decide(decision), decision);
    }

    /// <summary>Journals a decision that a version will stand for, and gives the fold as it is right after it.</summary>
    public FrozenFold DecideAndFreeze(JournalRecord decision)
    {
        lock (_deciding)
        {
            SavedState saved = _replay.DecideAndSave(decision);
            _lineage.Apply(saved.Sequence, decision);
            return new FrozenFold(saved.Position, saved.Partitions, saved.Bytes);
        }
    }

    /// <summary>Samples in the buffer that came at or after a position.</summary>
    public int SamplesSince(long position) => _replay.CountSince(position);

    public IEnumerable<Text> ReadTextsForTokenizer(long bytesMax, CancellationToken cancellation) => _replay.ReadTextsForTokenizer(bytesMax, cancellation);

    /// <summary>Durable records from a position on.</summary>
    public JournalCursor Read(long position) => _replay.Read(position);

    /// <summary>Gives disk back that no recovery needs: everything before the horizon that nothing live holds.</summary>
    public void Retire(long horizon, CancellationToken cancellation)
    {
        lock (_deciding)
        {
            // A cycle that ended and whose version is still on its way may have to be run anew: what it trained on stays until then.
            if (_lineage.LastEndedAt >= horizon) return;
        }

        _replay.Retire(new HashSet<long>(), horizon, cancellation);
    }

    public void Dispose() => _replay.Dispose();
}

/// <summary>A partition whose offsets mean other messages from here on, as the reader found it.</summary>
internal readonly record struct StreamEpoch(string Topic, int Partition, int Epoch, long FirstOffset, string Reason);
