using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Guarding.Drift;
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
    private readonly StreamWatch _watch;
    private readonly GuardOptions _guard;
    private readonly int _samplesMin;

    // Guards the lineage, and that its records reach all folds in one order. Taken before the next one.
    private readonly Lock _deciding = new();

    // Guards the watch, and that samples and decisions reach it in the journal's order.
    private readonly Lock _appending = new();

    public Ledger(ReplayLedger replay, LineageFold lineage, StreamWatch watch, GuardOptions guard, int samplesMin) =>
        (_replay, _lineage, _watch, _guard, _samplesMin) = (replay, lineage, watch, guard, samplesMin);

    /// <summary>The number that the next record gets.</summary>
    public long Position => _replay.Position;

    /// <summary>Bytes of journal, durable or not.</summary>
    public long JournalBytes => _replay.JournalBytes;

    public TimeSpan? SyncDueIn => _replay.SyncDueIn;

    /// <summary>Where to go on reading, durable or not.</summary>
    public IReadOnlyList<PartitionPosition> Positions => _replay.Partitions;

    /// <summary>How far each partition was when the last finished cycle began.</summary>
    public IReadOnlyList<PartitionPosition> Learned => _replay.Learned;

    /// <summary>The journal has every sample from this number on.</summary>
    public long CompleteFrom => _replay.CompleteFrom;

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

    /// <summary>How the next cycle differs from what the options say.</summary>
    public TrainingCourse Course
    {
        get
        {
            lock (_deciding) return _lineage.Course.Under(_guard);
        }
    }

    /// <summary>The cycle that began last, or null.</summary>
    public JournalRecord.CycleStarted? LastStarted
    {
        get
        {
            lock (_deciding) return _lineage.LastStarted;
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

    /// <summary>Whether there is enough to learn from, and training is not paused.</summary>
    public bool CanBegin
    {
        get
        {
            AvailableData buffered = _replay.Buffered;
            return buffered.Frames + buffered.Texts >= _samplesMin && !Course.IsPaused;
        }
    }

    public PartitionPosition? Find(string topic, int partition) =>
        _replay.Partitions.FirstOrDefault(position => position.Topic == topic && position.Partition == partition);

    /// <summary>Whether the watch found a drift that is not journalled yet: <see cref="SettleDrift"/> is due before the next sample.</summary>
    public bool OwesDrift
    {
        get
        {
            lock (_appending) return _watch.Owed is not null;
        }
    }

    public AdmissionOutcome Admit(Intake intake)
    {
        lock (_appending)
        {
            AdmissionOutcome outcome = _replay.Admit(intake);
            if (intake is Intake.Accepted accepted && outcome.Result is AdmissionResult.Admitted or AdmissionResult.Sentinel)
                _watch.Admit(outcome.Sequence, accepted.Sample);
            return outcome;
        }
    }

    /// <summary>Journals the drift that the watch found; null where it found none. There may be another one behind it.</summary>
    public JournalRecord.DriftFound? SettleDrift()
    {
        lock (_deciding)
        {
            JournalRecord.DriftFound? owed;
            lock (_appending) owed = _watch.Owed;
            if (owed is not null) Decide(owed);
            return owed;
        }
    }

    /// <summary>Journals a drift that a probe showed, unless it was journalled before; true where it was new.</summary>
    public bool NoteFeatureDrift(JournalRecord.DriftFound drift)
    {
        lock (_deciding)
        {
            if (_lineage.FeatureDrifts.Contains(drift.Measure)) return false;
            Decide(drift);
            return true;
        }
    }

    /// <summary>Goes on training as before all rejections. Throws <see cref="ControlRefusedException"/> where nothing was rejected.</summary>
    public ResumeEffect Resume(string reason)
    {
        lock (_deciding)
        {
            TrainingCourse before = Course;
            if (before.Rejects == 0) throw new ControlRefusedException("nothing to resume from: no rejected version weighs on the training");
            Decide(new JournalRecord.TrainingResumed(reason));
            string was = before.IsPaused ? "training was paused" : $"the learning rate was at {before.LearningRateScale:P0}";
            return new ResumeEffect(before.IsPaused, before.Rejects, $"{was} after {before.Rejects} rejected versions; it goes on as the options say");
        }
    }

    public void OpenEpoch(StreamEpoch epoch)
    {
        int opened = _replay.OpenEpoch(epoch.Topic, epoch.Partition, epoch.FirstOffset, epoch.Reason);
        Check.That(opened == epoch.Epoch, "reader and journal count epochs alike");
    }

    /// <summary>Makes everything admitted durable, and says how far each partition then is.</summary>
    public IReadOnlyList<PartitionPosition> Sync() => _replay.Sync();

    /// <summary>Journals the beginning of a cycle and freezes what it trains on; null where there is not enough to learn from.</summary>
    /// <param name="planOf">The plan, by the samples admitted since the last cycle began.</param>
    public PreparedCycle? BeginCycle(Func<long, CyclePlan> planOf, string fingerprint, string trigger)
    {
        lock (_deciding)
        {
            if (!CanBegin || _lineage.Open is not null) return null;
            TrainingCourse course = _lineage.Course.Under(_guard);
            CyclePlan plan = planOf(_replay.TrainableSinceCycle).Under(course.LearningRateScale, course.FreshScale);
            var started = new JournalRecord.CycleStarted(_lineage.NextCycle, plan.ToJson(), fingerprint, trigger);
            (ModelVersion? parent, ModelVersion? promoted) = (_lineage.Head, _lineage.Promoted);
            OpenCycle open;
            lock (_appending)
            {
                open = _replay.StartCycle(started);
                Apply_NeedsLock(open.Sequence, started);
            }

            return new PreparedCycle(
                started, plan, parent, promoted, _replay.View(open, plan.FreshShare, plan.SourceWeights), _replay.Sentinels(open), _replay.Buffer(open, plan.Replay), _lineage.Tokenizer?.TokenizerJson);
        }
    }

    /// <summary>Journals a decision, durable on return.</summary>
    public void Decide(JournalRecord decision)
    {
        lock (_deciding)
        {
            lock (_appending) Apply_NeedsLock(_replay.Decide(decision), decision);
        }
    }

    /// <summary>Journals a decision that a version will stand for, and gives the fold as it is right after it.</summary>
    public FrozenFold DecideAndFreeze(JournalRecord decision)
    {
        lock (_deciding)
        {
            lock (_appending)
            {
                SavedState saved = _replay.DecideAndSave(decision);
                Apply_NeedsLock(saved.Sequence, decision);
                return Freeze_NeedsLock(saved);
            }
        }
    }

    /// <summary>Samples in the buffer that came at or after a position.</summary>
    public int SamplesSince(long position) => _replay.CountSince(position);

    /// <summary>The replay state that a version was saved with, or null where it is gone.</summary>
    public ReplayState? PastOf(ModelVersion version) => _replay.PastOf(version);

    /// <summary>Training samples admitted at or after a position: those in the ranges, and the others.</summary>
    public (long Within, long Without) CountAdmitted(long position, IReadOnlyList<DeniedRange> ranges) => _replay.CountAdmitted(position, ranges);

    /// <summary>Journals that samples are forgotten: see <see cref="Forgetting"/>. Gives the record's number and the fold as it is right after it.</summary>
    public (long At, JournalRecord.Forgotten Record, FrozenFold Fold) Forget(string? source, long? beforeMs, string reason)
    {
        lock (_deciding)
        {
            ModelVersion head = _lineage.Head ?? throw new ControlRefusedException("there is no version yet");
            lock (_appending)
            {
                (JournalRecord.Forgotten record, SavedState saved) =
                    _replay.Forget(new JournalRecord.Forgotten(head, _lineage.NextVersion, source, beforeMs, reason, []));
                Apply_NeedsLock(saved.Sequence, record);
                return (saved.Sequence, record, Freeze_NeedsLock(saved));
            }
        }
    }

    public (long InJournal, long InUse, long? FirstTrainable) FindSamples(Func<string, long, bool> names) => _replay.FindSamples(names);

    public EraseReport Erase(long at, JournalRecord.Forgotten forgotten, CancellationToken cancellation) => _replay.Erase(at, forgotten, cancellation);

    public IReadOnlyList<NumberedRecord> ErasesOwed() => _replay.ErasesOwed();

    /// <summary>Everything that was decided, from the journal's beginning.</summary>
    public IReadOnlyList<NumberedRecord> Decisions() => _replay.ReadDecisions();

    /// <summary>Versions of cycles that began behind a position, oldest first.</summary>
    public IReadOnlyList<ModelVersion> VersionsTrainedSince(long position)
    {
        var began = new Dictionary<CycleNumber, long>();
        var trained = new List<ModelVersion>();
        foreach (NumberedRecord decision in Decisions())
        {
            if (decision.Record is JournalRecord.CycleStarted started) began[started.Cycle] = decision.Sequence;
            if (decision.Record is JournalRecord.CycleEnded ended && began.GetValueOrDefault(ended.Cycle, -1) > position) trained.Add(ended.Version);
        }

        return trained;
    }

    /// <summary>Throws <see cref="ControlRefusedException"/> where the journal does not reach back to there in full.</summary>
    public void RequireReach(ModelVersion version, long position) => _replay.RequireReach(version, position);

    public IEnumerable<Text> ReadTextsForTokenizer(long bytesMax, bool passesOverBadSectors, CancellationToken cancellation) =>
        _replay.ReadTextsForTokenizer(bytesMax, passesOverBadSectors, cancellation);

    /// <summary>Durable records from a position on.</summary>
    public JournalCursor Read(long position) => _replay.Read(position);

    /// <summary>Gives disk back: see <see cref="Retirement"/>.</summary>
    public RetireReport Retire(IReadOnlySet<long> alsoLive, long horizon, CancellationToken cancellation) => _replay.Retire(alsoLive, horizon, cancellation);

    public void Dispose() => _replay.Dispose();

    private FrozenFold Freeze_NeedsLock(SavedState saved) => new(saved.Position, saved.Partitions, saved.Bytes, _watch.Save());

    /// <summary>What is decided now follows from the line as it is, whatever the medium lost of its past.</summary>
    private void Apply_NeedsLock(long sequence, JournalRecord decision)
    {
        int before = _lineage.Oddities.Count;
        _lineage.Apply(sequence, decision);
        _watch.Apply(sequence, decision);
        Check.That(_lineage.Oddities.Count == before, $"a decision follows from the ones before: {string.Join("; ", _lineage.Oddities.Skip(before))}");
    }
}

/// <summary>A partition whose offsets mean other messages from here on, as the reader found it.</summary>
internal readonly record struct StreamEpoch(string Topic, int Partition, int Epoch, long FirstOffset, string Reason);
