using System.Globalization;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.Pretraining;

/// <summary>How far pretraining is, collected from the agent's threads and read by whoever shows it.</summary>
internal sealed class PretrainBoard(TimeProvider time) : IAgentObserver
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, double> _losses = new(StringComparer.Ordinal);
    private readonly Queue<string> _news = new();
    private readonly HashSet<ModelVersion> _published = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Stage? _stage;
    private int _stages, _step, _stepsOfCycle;

    // Steps behind the head, and those made since the stage began in this life: steps of rejected versions are work, and not behind the head.
    private long _stepsDone, _stepsTotal, _stepsMade, _startedAt, _read;
    private bool _isProbing;

    /// <summary>The version whose verdict came last, and what its cycle did; null before the first.</summary>
    public (ModelVersion Version, CycleReport Report)? Last { get; private set; }

    /// <summary>A stage begins, or goes on where an earlier life left it.</summary>
    public void Begin(Stage stage, int stages, long stepsDone, long stepsTotal)
    {
        lock (_lock)
        {
            (_stage, _stages, _stepsDone, _stepsTotal, _stepsMade, _step, _startedAt) = (stage, stages, stepsDone, stepsTotal, 0, 0, time.GetTimestamp());
            _losses.Clear();
            string goesOn = stepsDone > 0 ? string.Create(CultureInfo.InvariantCulture, $", {stepsDone:N0} of them done") : "";
            Tell(string.Create(CultureInfo.InvariantCulture, $"stage {stage.Number} of {stages}: {stage.Names}, {stage.Epochs:0.##} epochs, {stepsTotal:N0} steps{goesOn}"));
        }
    }

    /// <summary>Between cycles: steps behind the head. A rejected version's are not, and those of versions held before it may not be either.</summary>
    public void Stand(long stepsDone)
    {
        lock (_lock) _stepsDone = stepsDone;
    }

    /// <summary>Messages that the data gave so far.</summary>
    public void Read(long messages)
    {
        lock (_lock) _read = messages;
    }

    public void Note(string sentence)
    {
        lock (_lock) Tell(sentence);
    }

    /// <summary>Ends when a version is on disk.</summary>
    public async Task PublishedAsync(ModelVersion version, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_published.Contains(version)) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>What happened since the last call, a sentence each.</summary>
    public IReadOnlyList<string> TakeNews()
    {
        lock (_lock)
        {
            string[] news = [.. _news];
            _news.Clear();
            return news;
        }
    }

    /// <summary>Where it stands, in one line.</summary>
    public string Status()
    {
        lock (_lock)
        {
            if (_stage is null) return Beginning_NeedsLock();
            long done = _stepsDone + _step, own = _stepsMade + _step;
            TimeSpan elapsed = time.GetElapsedTime(_startedAt);
            double rate = own / Math.Max(elapsed.TotalSeconds, 1e-3);
            string losses = string.Join(", ", _losses.Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Key} {loss.Value:0.000}")));
            string left = own > 0 ? $", {Span(TimeSpan.FromSeconds(Math.Max(0, _stepsTotal - done) / rate))} left in it" : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"stage {_stage.Number}/{_stages}: step {done:N0} of {_stepsTotal:N0} ({(double)done / _stepsTotal:P0}), {rate:0.0} steps/s{left}{(_isProbing ? "; probing" : "")}{(losses.Length > 0 ? $"; loss {losses}" : "")}");
        }
    }

    public void OnIngested(IngestCounts counts) { }

    public void OnDurable(IReadOnlyList<PartitionPosition> positions) { }

    public void OnOffsetsTold() { }

    public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax)
    {
        lock (_lock) (_step, _stepsOfCycle) = (0, stepsMax);
    }

    public void OnStep(StepReport report)
    {
        lock (_lock)
        {
            _step = Math.Max(_step, report.Step.Value + 1);
            _losses[report.Objective] = report.Loss;
        }
    }

    public void OnProbing(CycleNumber cycle)
    {
        lock (_lock) _isProbing = true;
    }

    public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict)
    {
        lock (_lock)
        {
            if (verdict.Kind != VerdictKind.Reject) _stepsDone += report.StepsDone;
            (_stepsMade, _step, _stepsOfCycle, _isProbing, Last) = (_stepsMade + report.StepsDone, 0, 0, false, (version, report));
            string losses = string.Join(", ", HeldOutLosses.Mean(probe).OrderBy(loss => loss.Key).Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Key} {loss.Value:0.000}")));
            string why = verdict.Kind == VerdictKind.Promote ? "" : $"; {string.Join(", ", verdict.Reasons.Where(reason => reason.Kind == verdict.Kind))}";
            Tell($"{version} {verdict.Kind.ToString().ToLowerInvariant()}{(losses.Length > 0 ? $"; held-out {losses}" : "")}{why}");
        }
    }

    public void OnVersionPublished(VersionManifest manifest)
    {
        lock (_lock)
        {
            _published.Add(manifest.Version);
            TaskCompletionSource changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.TrySetResult();
        }
    }

    public void OnProblem(string sentence) => Note(sentence);

    /// <summary>Before the first stage a cycle can only be one that an earlier life was stopped in.</summary>
    private string Beginning_NeedsLock()
    {
        string cut = _stepsOfCycle > 0 ? string.Create(CultureInfo.InvariantCulture, $"; ending the cycle that was cut off: step {_step:N0} of {_stepsOfCycle:N0}{(_isProbing ? ", probing" : "")}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"reading the data: {_read:N0} read{cut}");
    }

    private static string Span(TimeSpan span) =>
        span.TotalHours >= 1 ? span.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture).TrimStart('0').TrimStart('.') : span.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    private void Tell(string sentence)
    {
        const int newsMax = 1000;
        if (_news.Count == newsMax) _news.Dequeue();
        _news.Enqueue(sentence);
    }
}
