using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Learning;

/// <summary>Instruments of this room, meter <c>SslAgent.Learning</c>. Fed whenever losses are read from the device, by objective.</summary>
internal static class LearningMetrics
{
    private static readonly Meter Meter = new("SslAgent.Learning");

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("sslagent.learning.steps", "{step}", "Optimizer steps");

    private static readonly Counter<long> Samples = Meter.CreateCounter<long>("sslagent.learning.samples", "{sample}", "Samples drawn into batches");

    private static readonly Counter<long> SkippedSteps =
        Meter.CreateCounter<long>("sslagent.learning.skipped_steps", "{step}", "Steps whose loss or gradient was not finite");

    private static readonly Gauge<double> Loss = Meter.CreateGauge<double>("sslagent.learning.loss", description: "Mean loss over the latest steps read");

    private static readonly Gauge<double> GradientNorm =
        Meter.CreateGauge<double>("sslagent.learning.gradient_norm", description: "Mean gradient norm before clipping over the latest steps read");

    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram(
        "sslagent.learning.step.duration", "s", "Time of one step as the host saw it",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30] });

    public static void Noted(StepReport report, IEnumerable<double> stepSeconds)
    {
        var objective = new KeyValuePair<string, object?>("objective", report.Objective);
        Steps.Add(report.Steps, objective);
        Samples.Add(report.Samples, objective);
        SkippedSteps.Add(report.SkippedSteps, objective);
        if (report.SkippedSteps < report.Steps)
        {
            Loss.Record(report.Loss, objective);
            GradientNorm.Record(report.GradientNorm, objective);
        }

        foreach (double seconds in stepSeconds) StepDuration.Record(seconds, objective);
    }
}
