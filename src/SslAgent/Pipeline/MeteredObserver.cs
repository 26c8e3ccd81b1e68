using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>Training as metrics (meter <c>SslAgent.Learning</c>), on the way to whoever else watches. The host owns it.</summary>
internal sealed class MeteredObserver : IAgentObserver, IDisposable
{
    private readonly IAgentObserver _next;
    private readonly Meter _meter = new("SslAgent.Learning");
    private readonly Counter<long> _steps, _samples, _skipped, _cycles, _problems;
    private readonly Gauge<double> _loss, _gradientNorm, _learningRate, _probeLoss;

    public MeteredObserver(IAgentObserver next)
    {
        _next = next;
        _steps = _meter.CreateCounter<long>("sslagent.learning.steps", "{step}", "Optimizer steps by objective.");
        _samples = _meter.CreateCounter<long>("sslagent.learning.samples", "{sample}", "Samples trained on by objective, each time that one was drawn.");
        _skipped = _meter.CreateCounter<long>("sslagent.learning.steps.skipped", "{step}", "Steps whose loss or gradient was not finite; they changed nothing.");
        _cycles = _meter.CreateCounter<long>("sslagent.learning.cycles", "{cycle}", "Finished cycles by verdict.");
        _problems = _meter.CreateCounter<long>("sslagent.learning.problems", "{problem}", "Times that something came up that an operator should look at.");
        _loss = _meter.CreateGauge<double>("sslagent.learning.loss", null, "Latest training loss by objective, in the objective's own unit.");
        _gradientNorm = _meter.CreateGauge<double>("sslagent.learning.gradient_norm", null, "Latest L2 norm of the gradient before clipping, by objective.");
        _learningRate = _meter.CreateGauge<double>("sslagent.learning.learning_rate", null, "Latest learning rate by objective.");
        _probeLoss = _meter.CreateGauge<double>("sslagent.learning.probe.loss", null, "Latest held-out loss by era and objective.");
    }

    public void OnIngested(IngestCounts counts) => _next.OnIngested(counts);

    public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax) =>
        _next.OnCycleStarted(cycle, trigger, available, stepsMax);

    public void OnStep(StepReport report)
    {
        KeyValuePair<string, object?> objective = new("objective", report.Objective);
        _steps.Add(report.Steps, objective);
        _samples.Add(report.Samples, objective);
        _skipped.Add(report.SkippedSteps, objective);
        _loss.Record(report.Loss, objective);
        _gradientNorm.Record(report.GradientNorm, objective);
        _learningRate.Record(report.LearningRate, objective);
        _next.OnStep(report);
    }

    public void OnProbing(CycleNumber cycle) => _next.OnProbing(cycle);

    public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict)
    {
        _cycles.Add(1, new KeyValuePair<string, object?>("verdict", verdict.Kind.ToString().ToLowerInvariant()));
        foreach (EraProbe era in probe.Eras)
            _probeLoss.Record(era.Loss, new KeyValuePair<string, object?>("era", era.Era), new KeyValuePair<string, object?>("objective", era.Objective));
        _next.OnCycleEnded(report, version, probe, verdict);
    }

    public void OnVersionPublished(VersionManifest manifest) => _next.OnVersionPublished(manifest);

    public void OnProblem(string sentence)
    {
        _problems.Add(1);
        _next.OnProblem(sentence);
    }

    public void Dispose() => _meter.Dispose();
}
