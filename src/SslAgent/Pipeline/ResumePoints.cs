using System.Text.Json;
using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Learning;

namespace SslAgent.Pipeline;

/// <summary>
/// Where a cycle goes on that was cut off: a copy of the training state in the middle of it. Kept in a version store of its own, of which
/// only the newest entry counts; it bounds the work that a crash repeats, nothing else depends on it. The learner thread's; training waits only for
/// the copy, and a thread of the pool writes it, at most one at a time.
/// </summary>
internal sealed class ResumePoints(VersionStore store, string lineage, TimeProvider time, ProblemBoard problems, ILogger log)
{
    private const string Topic = "resume";

    private static readonly RetentionPolicy OnlyTheLast = new(KeepLast: 1, KeepPromoted: 1, KeepTrainingState: 1, BytesMax: long.MaxValue) { KeepManifests = 0 };

    private Task _writing = Task.CompletedTask;

    /// <summary>
    /// Copies, and has the copy written behind the training's back. Where the one before is still on its way to a slow disk this one is passed over: a newer one
    /// comes.
    /// </summary>
    public void Begin(PreparedCycle cycle, int stepsDone, Learner learner)
    {
        if (!_writing.IsCompleted) return;
        AwaitWritten();
        IModelSnapshot snapshot = learner.Snapshot();
        _writing = Task.Run(() => Write(cycle, stepsDone, snapshot));
    }

    /// <summary>The last one of a life, on disk on return.</summary>
    public void WriteLast(PreparedCycle cycle, int stepsDone, Learner learner)
    {
        AwaitWritten();
        Write(cycle, stepsDone, learner.Snapshot());
    }

    /// <summary>The cycle is over: nothing of it is written any more, and what could not be written for it matters no more.</summary>
    public void Over()
    {
        AwaitWritten();
        _writing = Task.CompletedTask;
        problems.Clear(Topic);
    }

    /// <summary>Throws what was a fault of ours, as if it had been written here.</summary>
    private void AwaitWritten() => _writing.GetAwaiter().GetResult();

    /// <summary>Writes one and forgets the ones before. A disk that fails here costs repeated steps, not the shutdown.</summary>
    /// <param name="taken">Given back here.</param>
    private void Write(PreparedCycle cycle, int stepsDone, IModelSnapshot taken)
    {
        using IModelSnapshot snapshot = taken;
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

    /// <summary>The newest sound resume point of this very cycle, or null. The caller disposes it.</summary>
    public IStoredModel? Open(PreparedCycle cycle)
    {
        VersionManifest? found = store.FindSound(
            manifest => manifest.Cycle == cycle.Number && manifest.Lineage == lineage && manifest.Fingerprint == cycle.Started.Fingerprint, default);
        return found is null || found.StepsDone > cycle.Steps ? null : store.Open(found.Version);
    }
}
