using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>
/// What training does and what comes of cycles, as metrics (meters <c>SslAgent.Learning</c> and <c>SslAgent.Cycles</c>), on the way to whoever else watches. The host owns it.
/// </summary>
internal sealed class MeteredObserver : IAgentObserver, IDisposable
{
    private readonly IAgentObserver _next;
    private readonly Meter _learning = new("SslAgent.Learning"), _cycles = new("SslAgent.Cycles");
    private readonly Counter<long> _steps, _samples, _skippedSteps, _ended, _lacking, _views, _viewsRejected, _viewsWeak;
    private readonly Gauge<double> _loss, _gradientNorm, _learningRate;

    // Of the last cycle: eras and sources that it knows nothing of are not told of any more. Replaced as a whole, read by whoever scrapes.
    private volatile Measurement<double>[] _probeLosses = [], _surprises = [];

    public MeteredObserver(IAgentObserver next)
    {
        _next = next;
        _steps = _learning.CreateCounter<long>("sslagent.learning.steps", "{step}", "Optimizer steps by objective.");
        _samples = _learning.CreateCounter<long>("sslagent.learning.samples", "{sample}", "Samples drawn into batches, by objective.");
        _skippedSteps = _learning.CreateCounter<long>("sslagent.learning.skipped_steps", "{step}", "Steps that changed nothing, since their loss or gradient was not finite, by objective.");
        _loss = _learning.CreateGauge<double>("sslagent.learning.loss", null, "Mean loss over the latest steps read from the device, by objective.");
        _gradientNorm = _learning.CreateGauge<double>("sslagent.learning.gradient_norm", null, "Mean gradient norm before clipping over the same steps, by objective.");
        _ended = _cycles.CreateCounter<long>("sslagent.cycles.ended", "{cycle}", "Finished cycles by verdict.");
        _views = _cycles.CreateCounter<long>("sslagent.cycles.views", "{view}", "Augmented views that were checked, by objective.");
        _viewsRejected = _cycles.CreateCounter<long>("sslagent.cycles.views_rejected", "{view}", "Draws of them that were rejected, by objective.");
        _viewsWeak = _cycles.CreateCounter<long>("sslagent.cycles.views_weak", "{view}", "Views that are the whole picture since every draw was rejected, by objective.");
        _learningRate = _cycles.CreateGauge<double>("sslagent.cycles.learning_rate", null, "Latest learning rate by objective.");
        _lacking = _cycles.CreateCounter<long>("sslagent.cycles.lacking", "{cycle}", "Cycles in which an objective had no turn, since there was too little to learn from.");
        _cycles.CreateObservableGauge("sslagent.cycles.surprise", () => _surprises, null, "Running prediction error of the world model by source.");
        _cycles.CreateObservableGauge("sslagent.cycles.probe_loss", () => _probeLosses, null, "Latest held-out loss by era and objective.");
    }

    public void OnIngested(IngestCounts counts) => _next.OnIngested(counts);

    public void OnDurable(IReadOnlyList<PartitionPosition> positions) => _next.OnDurable(positions);

    public void OnOffsetsTold() => _next.OnOffsetsTold();

    public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax) =>
        _next.OnCycleStarted(cycle, trigger, available, stepsMax);

    public void OnStep(StepReport report)
    {
        var objective = new KeyValuePair<string, object?>("objective", report.Objective);
        _learningRate.Record(report.LearningRate, objective);
        _steps.Add(report.Steps, objective);
        _samples.Add(report.Samples, objective);
        _skippedSteps.Add(report.SkippedSteps, objective);
        if (report.SkippedSteps < report.Steps)
        {
            _loss.Record(report.Loss, objective);
            _gradientNorm.Record(report.GradientNorm, objective);
        }

        if (report.Views is { } views)
        {
            _views.Add(views.Views, objective);
            _viewsRejected.Add(views.Rejected, objective);
            _viewsWeak.Add(views.Weak, objective);
        }

        _next.OnStep(report);
    }

    public void OnProbing(CycleNumber cycle) => _next.OnProbing(cycle);

    public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict)
    {
        _ended.Add(1, new KeyValuePair<string, object?>("verdict", verdict.Kind.ToString().ToLowerInvariant()));
        foreach (LackingData lack in report.Lacking) _lacking.Add(1, new KeyValuePair<string, object?>("objective", lack.Objective));
        _probeLosses =
        [
            .. probe.Eras.Select(era => new Measurement<double>(
                era.Loss, new KeyValuePair<string, object?>("era", era.Era), new KeyValuePair<string, object?>("objective", era.Objective))),
        ];
        _surprises = [.. report.Surprises.Select(surprise => new Measurement<double>(surprise.Error, new KeyValuePair<string, object?>("source", surprise.Source)))];
        _next.OnCycleEnded(report, version, probe, verdict);
    }

    public void OnVersionPublished(VersionManifest manifest) => _next.OnVersionPublished(manifest);

    public void OnProblem(string sentence) => _next.OnProblem(sentence);

    public void Dispose()
    {
        _learning.Dispose();
        _cycles.Dispose();
    }
}
