using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>
/// What comes of cycles, as metrics (meter <c>SslAgent.Cycles</c>), on the way to whoever else watches. The host owns it.
/// </summary>
internal sealed class MeteredObserver : IAgentObserver, IDisposable
{
    private readonly IAgentObserver _next;
    private readonly Meter _meter = new("SslAgent.Cycles");
    private readonly Counter<long> _ended, _lacking, _views, _viewsRejected, _viewsWeak;
    private readonly Gauge<double> _learningRate, _probeLoss, _surprise;

    public MeteredObserver(IAgentObserver next)
    {
        _next = next;
        _ended = _meter.CreateCounter<long>("sslagent.cycles.ended", "{cycle}", "Finished cycles by verdict.");
        _views = _meter.CreateCounter<long>("sslagent.cycles.views", "{view}", "Augmented views that were checked, by objective.");
        _viewsRejected = _meter.CreateCounter<long>("sslagent.cycles.views_rejected", "{view}", "Draws of them that were rejected, by objective.");
        _viewsWeak = _meter.CreateCounter<long>("sslagent.cycles.views_weak", "{view}", "Views that are the whole picture since every draw was rejected, by objective.");
        _learningRate = _meter.CreateGauge<double>("sslagent.cycles.learning_rate", null, "Latest learning rate by objective.");
        _lacking = _meter.CreateCounter<long>("sslagent.cycles.lacking", "{cycle}", "Cycles in which an objective had no turn, since there was too little to learn from.");
        _surprise = _meter.CreateGauge<double>("sslagent.cycles.surprise", null, "Running prediction error of the world model by source.");
        _probeLoss = _meter.CreateGauge<double>("sslagent.cycles.probe_loss", null, "Latest held-out loss by era and objective.");
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
        foreach (EraProbe era in probe.Eras)
            _probeLoss.Record(era.Loss, new KeyValuePair<string, object?>("era", era.Era), new KeyValuePair<string, object?>("objective", era.Objective));
        foreach (LackingData lack in report.Lacking) _lacking.Add(1, new KeyValuePair<string, object?>("objective", lack.Objective));
        foreach (SourceSurprise surprise in report.Surprises) _surprise.Record(surprise.Error, new KeyValuePair<string, object?>("source", surprise.Source));
        _next.OnCycleEnded(report, version, probe, verdict);
    }

    public void OnVersionPublished(VersionManifest manifest) => _next.OnVersionPublished(manifest);

    public void OnProblem(string sentence) => _next.OnProblem(sentence);

    public void Dispose() => _meter.Dispose();
}
