using SslAgent.Continual.Measures;
using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning;
using SslAgent.Replay;

namespace SslAgent.Continual.Runs;

/// <summary>
/// One run through the agent's own parts, in this thread:
/// <code>
/// stream ─► ledger: admission, sentinels, buffer ─ at each count trigger ─► learner: steps on the frozen view ─► probes on all held-out eras
///                                                                                            └─ at the end ─► each sentinel by itself, labels, retrieval
/// </code>
/// There is no Kafka, and the guard only looks on: every method keeps whatever its steps made of it, so that all of them do the same work. It acts where a method's
/// <see cref="Faults"/> say so: then a rejected version's cycle is lost, and what stands after it is what stood before.
/// </summary>
internal sealed class ContinualRun(
    StreamSpec spec, StreamData data, HeldOut heldOut, Method method, RunKey key, RunSetting setting, int allSteps, TimeProvider time)
{
    private readonly List<ProbeReport> _probes = [];
    private int _cycles, _steps;
    private TimeSpan _trained;
    private EmbeddingBook _embeddings = EmbeddingBook.Empty;
    private readonly Onlooker _guard = new();
    private EraBook _book = EraBook.Empty, _before = EraBook.Empty;
    private Course _course = Course.Start;

    // The probe of what a rejected version goes back to.
    private int _kept = -1;
    private double _freshRatio = setting.Replay.FreshRatio;

    /// <summary>Whether the guard acts.</summary>
    private bool Acts => method.Faults is { IsGuarded: true };

    public RunRecord Execute(string configuration)
    {
        long began = time.GetTimestamp();
        if (method.Meeting == Meeting.Raw) return Record(configuration, began, [], Examination.OfRaw(data));
        using var trainee = new Trainee(setting.Plan, time);
        if (heldOut.Tokenizer is { } tokenizer) trainee.Learner.AdoptTokenizer(tokenizer);
        if (method.Meeting == Meeting.Untrained) Probe(trainee.Learner);
        else Train(trainee);
        ProbeReport each = trainee.Learner.Probe(new OneByOne(heldOut));
        using var stored = new SnapshotModel(trainee.Learner.Snapshot(), new ModelVersion(_cycles + 1), time.GetUtcNow());
        using IEmbedder embedder = Learner.OpenEmbedder(stored, setting.Plan.Compute.Device, setting.Plan.Compute.Dtype);
        return Record(configuration, began, ItemsOf(each), Examination.Of(embedder, data));
    }

    private void Train(Trainee trainee)
    {
        using var scratch = new ScratchLedger(setting.Replay, key.Seed, time);
        int streamed = allSteps - (int)(allSteps * method.Consolidation);
        if (method.Meeting == Meeting.InOrder)
        {
            scratch.Admit(data.Items, spec.SamplesTrigger, () => Cycle(scratch.Ledger, trainee, heldOut.StepsOf(_cycles, streamed), () => FreshRatio()));
            if (streamed < allSteps) Cycle(scratch.Ledger, trainee, allSteps - streamed, () => null);
        }
        else
        {
            scratch.Admit(data.Items, int.MaxValue, () => { });
            for (int cycle = 0; cycle < heldOut.Cycles; cycle++) Cycle(scratch.Ledger, trainee, heldOut.StepsOf(_cycles, allSteps), () => FreshRatio());
        }

        Check.That(_cycles == heldOut.Cycles + (streamed < allSteps ? 1 : 0) && _steps == allSteps, "every method does all cycles and all steps");
    }

    private void Cycle(ReplayLedger ledger, Trainee trainee, int steps, Func<double?> freshRatio)
    {
        if (_cycles == 0 && heldOut.Tokenizer is { } tokenizer) ledger.Decide(new JournalRecord.TokenizerFrozen(tokenizer.ToJson(), tokenizer.VocabularySize, 0));
        var number = new CycleNumber(++_cycles);
        TrainingCourse course = _course.Under(Onlooker.Options);
        trainee.LearnAt(course.LearningRateScale * (method.Faults?.ScaleOf(_cycles) ?? 1));
        Learner learner = trainee.Learner;
        // Before the first promoted version there are the first weights to go back to.
        if (_cycles == 1 && Acts) trainee.Keep();
        double? freshShare = freshRatio() * course.FreshScale;
        OpenCycle open = ledger.StartCycle(new JournalRecord.CycleStarted(number, "{}", learner.Fingerprint, "count"));
        // Every version counts as promoted: the last one teaches, where a method wants a teacher.
        if (_cycles > 1) learner.TeachBySelf();
        learner.Remember(_embeddings);
        long began = time.GetTimestamp();
        CycleReport report = learner.RunCycle(number, 0, steps, ledger.View(open, freshShare), _ => true, null);
        _trained += time.GetElapsedTime(began);
        _steps += report.StepsDone;
        Probe(learner);
        Verdict verdict = _guard.Judge(new JudgedVersion(report, Seen()));
        var ended = new JournalRecord.CycleEnded(number, report.StepsDone, new ModelVersion(_cycles), Acts ? verdict : Verdict.Promoted, report.Quarantined);
        if (ended.Verdict.Kind != VerdictKind.Reject)
        {
            (_before, _book) = (_book, _book.Promoted(new ModelVersion(_cycles), Seen(), report));
            Weigh(ledger, learner, open);
        }

        ledger.Decide(ended);
        if (Acts) Act(ended, trainee);
    }

    /// <summary>As the agent does after a verdict. Where it would pause until a person looks, one says at once that it may go on.</summary>
    private void Act(JournalRecord.CycleEnded ended, Trainee trainee)
    {
        _course = _course.After(ended);
        if (_course.Under(Onlooker.Options).IsPaused) _course = _course.After(new JournalRecord.TrainingResumed("the bench goes on"));
        if (ended.Verdict.Kind == VerdictKind.Promote)
        {
            trainee.Keep();
            _kept = _probes.Count - 1;
        }
        else if (ended.Verdict.Kind == VerdictKind.Reject)
        {
            trainee.GoBack();
            if (_kept >= 0) _probes[^1] = _probes[_kept];
        }
    }

    /// <summary>Where the policy asks the model, it says who is redundant in the buffer.</summary>
    private void Weigh(ReplayLedger ledger, Learner learner, OpenCycle open)
    {
        BufferView buffer = ledger.Buffer(open, setting.Replay);
        if (buffer.IsEmpty) return;
        using ISampleEmbedder embedder = learner.OpenSampleEmbedder();
        Weighing weighing = buffer.Weigh(open.Started.Cycle, _embeddings, embedder, read => read(), null);
        if (weighing.Evicted.Count > 0) ledger.Decide(weighing.Evicted);
        _embeddings = weighing.Book;
    }

    /// <summary>As the agent resolves it when a cycle begins.</summary>
    private double FreshRatio()
    {
        if (setting.Replay.Ratio == ReplayRatio.Fixed) return _freshRatio;
        var limits = new FreshShareLimits(setting.Replay.FreshRatioMin, setting.Replay.FreshRatio, setting.Replay.FreshRatioMax);
        return _freshRatio = _probes.Count == 0 ? Math.Clamp(_freshRatio, limits.Min, limits.Max) : FreshShare.Next(_freshRatio, 1, Seen(), _before, limits);
    }

    /// <summary>The last answers about eras that had begun: of others the agent would know nothing.</summary>
    private ProbeReport Seen() => _probes[^1] with { Eras = [.. _probes[^1].Eras.Where(era => heldOut.SeenFrom.GetValueOrDefault(era.Era) < _probes.Count)] };

    private void Probe(Learner learner) => _probes.Add(learner.Probe(heldOut));

    private RunRecord Record(string configuration, long began, IReadOnlyList<ItemLosses> items, Examination.Answers answers) => new(
        key.Stream, key.Method, key.Share, key.Seed, configuration, null, heldOut.Trainable, heldOut.Count, method.HasBuffer ? setting.Capacity : 0, _steps, _cycles,
        BenchSetting.BatchSize, _trained.TotalSeconds, time.GetElapsedTime(began).TotalSeconds, Courses(), items, answers.Tasks, answers.Retrieval, answers.Auroc)
    {
        Verdicts = _guard.Verdicts,
        Objections = _guard.Objections,
        Versions = _guard.Versions,
    };

    private IReadOnlyList<EraCourse> Courses()
    {
        if (_probes.Count == 0) return [];
        return
        [
            .. from last in _probes[^1].Eras
               let losses = _probes.Select(probe => probe.Eras.First(era => era.Era == last.Era && era.Objective == last.Objective).Loss)
               select new EraCourse(
                   last.Era, heldOut.Eras.First(era => era.Number == last.Era).Name, last.Objective, last.Count, heldOut.SeenFrom.GetValueOrDefault(last.Era), last.TrivialLoss,
                   last.Noise, [.. losses])
        ];
    }

    private ItemLosses[] ItemsOf(ProbeReport each) =>
    [
        .. from probe in each.Eras
           group (float)probe.Loss by probe.Objective into objective
           where spec.Objectives.Any(one => one.Name == objective.Key)
           select new ItemLosses(objective.Key, [.. objective])
    ];
}
