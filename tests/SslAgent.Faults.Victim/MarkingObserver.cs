using System.Globalization;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.Faults.Victim;

/// <summary>The points that are no step of the disk: Kafka's offsets, the way of a cycle. Says them on standard output as well, for whoever waits outside.</summary>
internal sealed class MarkingObserver(KillPoints points, PointLog log, TextWriter output) : IAgentObserver
{
    private readonly Lock _lock = new();
    private Errand? _errand;
    private OrderGiver? _giver;

    /// <summary>Told of the progress from here on.</summary>
    public void Tell(Errand errand, OrderGiver giver)
    {
        Volatile.Write(ref _giver, giver);
        Volatile.Write(ref _errand, errand);
    }

    public void OnIngested(IngestCounts counts)
    {
        Say("ingested");
        Volatile.Read(ref _errand)?.Ingested();
    }

    public void OnDurable(IReadOnlyList<PartitionPosition> positions) => Pass("before commit offsets");

    public void OnOffsetsTold() => Pass("after commit offsets");

    public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax) => Pass("at cycle started");

    public void OnStep(StepReport report)
    {
        log.Add(PointLog.Step, string.Create(CultureInfo.InvariantCulture, $"{report.Cycle}\t{report.Step.Value}"));
        Pass("at step taken");
        Volatile.Read(ref _giver)?.AtStep(report.Step.Value);
    }

    public void OnProbing(CycleNumber cycle) => Pass("at probes begun");

    public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict)
    {
        Volatile.Read(ref _giver)?.Ended(version);
        Pass("at cycle ended");
    }

    public void OnVersionPublished(VersionManifest manifest)
    {
        Pass("at version published");
        Volatile.Read(ref _errand)?.Published(manifest.Version);
    }

    public void OnProblem(string sentence) => Say($"problem: {sentence}");

    public void Say(string what)
    {
        lock (_lock)
        {
            output.WriteLine($"@ {what}");
            output.Flush();
        }
    }

    private void Pass(string name)
    {
        bool stops = points.Pass(name);
        Say(name);
        if (stops) Volatile.Read(ref _errand)?.AwaitStopping();
    }
}
