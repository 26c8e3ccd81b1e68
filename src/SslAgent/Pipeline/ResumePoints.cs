using System.Text.Json;
using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Learning;

namespace SslAgent.Pipeline;

/// <summary>
/// Where a cycle goes on that was cut off: a copy of the training state in the middle of it. Kept in a version store of its own, of which
/// only the newest entry counts; it bounds the work that a crash repeats, nothing else depends on it. The learner thread's.
/// </summary>
internal sealed class ResumePoints(VersionStore store, string lineage, TimeProvider time, ProblemBoard problems, ILogger log)
{
    private const string Topic = "resume";

    private static readonly RetentionPolicy OnlyTheLast = new(KeepLast: 1, KeepPromoted: 1, KeepTrainingState: 1, BytesMax: long.MaxValue);

    /// <summary>Writes one and forgets the ones before. A disk that fails here costs repeated steps, not the shutdown.</summary>
    public void Write(PreparedCycle cycle, int stepsDone, Learner learner)
    {
        using IModelSnapshot snapshot = learner.Snapshot();
        using JsonDocument plan = JsonDocument.Parse(cycle.Started.PlanJson);
        var draft = new VersionDraft(
            store.ReserveNumber(), Parent: null, lineage, time.GetUtcNow(), cycle.Number, stepsDone, JournalPosition: 0, Offsets: [],
            Verdict.Promoted, ProbeReport.Empty, Report: null, plan.RootElement.Clone(), cycle.Started.Fingerprint);
        try
        {
            ModelVersion written = store.Publish(draft, snapshot, []).Version;
            store.MovePointers(written);
            store.Prune(OnlyTheLast);
            problems.Clear(Topic);
            HeadLog.ResumePointWritten(log, cycle.Number, stepsDone);
        }
        catch (IOException fault)
        {
            problems.Set(Topic, $"no resume point of cycle {cycle.Number} could be written, its steps would be repeated after a crash: {fault.Message}");
            HeadLog.ResumePointFailed(log, cycle.Number, fault);
        }
    }

    /// <summary>The cycle is over: what could not be written for it matters no more.</summary>
    public void Over() => problems.Clear(Topic);

    /// <summary>The newest sound resume point of this very cycle, or null. The caller disposes it.</summary>
    public IStoredModel? Open(PreparedCycle cycle)
    {
        VersionManifest? found = store.FindSound(
            manifest => manifest.Cycle == cycle.Number && manifest.Lineage == lineage && manifest.Fingerprint == cycle.Started.Fingerprint, default);
        return found is null || found.StepsDone > cycle.Steps ? null : store.Open(found.Version);
    }
}
