using Microsoft.Extensions.Logging;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>How a cycle came to its end on this thread.</summary>
internal enum CycleOutcome
{
    /// <summary>Its version is on the way to disk.</summary>
    Finished = 0,

    /// <summary>An order cut it off; it is void.</summary>
    Abandoned = 1,

    /// <summary>The daemon is stopping; a resume point holds what was done.</summary>
    Interrupted = 2,
}

/// <summary>
/// Trains one cycle from its frozen view to its verdict:
/// <code>
/// (1) steps, until the budget, the clock, an order or a shutdown ends them ─ (2) probes on held-out samples ─ (3) verdict
///   ─ (3a) what is redundant in the buffer, where its policy asks ─ (4) copy of the weights ─ (5) CycleEnded in the journal ─ (6) publication behind the training's back ─ (7) after a reject: back
/// </code>
/// The learner thread's. What is run anew after a crash takes the same way; its end and verdict are read, not decided.
/// </summary>
internal sealed class CycleRunner(
    Ledger ledger, LearnerSeat seat, Redundancy redundancy, Publisher publisher, ResumePoints resumePoints, Judge judge, CycleOptions options, TimeProvider time,
    LoopHealth health, Patience patience, IAgentObserver observer, ILogger log)
{
    /// <summary>The cycle and step under way, for status; step is updated between steps.</summary>
    public (CycleNumber? Cycle, int Step) Running { get; private set; }

    /// <summary>What became of augmented views since the start; null where none are checked. From any thread.</summary>
    public ViewCounts? Views { get; private set; }

    /// <summary>Publishes another version's weights under a new number, where a crash came before that.</summary>
    public void Republish(Unfinished.Republication left) => publisher.Republish(left);

    /// <summary>Waits until the last version is on disk, or failed to get there.</summary>
    public void AwaitPublished() => publisher.AwaitRoom();

    public CycleOutcome Run(PreparedCycle cycle, int firstStep, Interrupts interrupts)
    {
        var samples = new PatientSamples(cycle.Batches, cycle.Sentinels, patience, interrupts, mayBeCutOff: cycle.Ended is null);
        cycle = cycle with { Batches = samples, Sentinels = samples };
        observer.OnCycleStarted(cycle.Number, cycle.Started.Trigger, cycle.Batches.Available, cycle.Steps);
        try
        {
            (CycleReport report, CycleOutcome outcome) = Train(cycle, firstStep, interrupts); // (1)
            if (outcome == CycleOutcome.Finished) Finish(cycle, report, interrupts);
            return outcome;
        }
        catch (CycleCutOffException)
        {
            Abandon(cycle, "an operator's order cut it off");
            return CycleOutcome.Abandoned;
        }
        finally
        {
            Running = (null, 0);
            resumePoints.Over();
        }
    }

    private (CycleReport Report, CycleOutcome Outcome) Train(PreparedCycle cycle, int firstStep, Interrupts interrupts)
    {
        long started = time.GetTimestamp(), saved = started;
        int done = firstStep;
        while (true)
        {
            bool Continue(int steps)
            {
                Running = (cycle.Number, steps);
                health.Mark(LearnerLoop.Name, LearnerLoop.StepMax);
                return !interrupts.IsStopping && !IsCutOff(cycle, interrupts) && !IsOver(cycle, started, steps) &&
                    (time.GetElapsedTime(saved) < options.ResumePointInterval || steps == done);
            }

            CycleReport report = seat.Learner.RunCycle(cycle.Number, done, cycle.Steps, cycle.Batches, Continue, Told);
            done = report.StepsDone;
            if (done >= cycle.Steps) return (report, CycleOutcome.Finished);
            if (interrupts.IsStopping)
            {
                resumePoints.WriteLast(cycle, done, seat.Learner);
                return (report, CycleOutcome.Interrupted);
            }

            if (IsCutOff(cycle, interrupts))
            {
                Abandon(cycle, "an operator's order cut it off");
                return (report, CycleOutcome.Abandoned);
            }

            if (IsOver(cycle, started, done) || !HasProgressed(done, firstStep))
            {
                patience.Insist(DiskTrouble.Deciding, () => ledger.Decide(new JournalRecord.BudgetReached(cycle.Number, done)));
                return (report, CycleOutcome.Finished);
            }

            resumePoints.Begin(cycle, done, seat.Learner);
            (saved, firstStep) = (time.GetTimestamp(), done);
        }
    }

    private void Told(StepReport report)
    {
        if (report.Views is not null) Views = ViewCounts.Sum(Views, report.Views);
        observer.OnStep(report);
    }

    /// <summary>An order that comes while a cycle is run anew whose end is in the journal waits for it: its version was given away already.</summary>
    private static bool IsCutOff(PreparedCycle cycle, Interrupts interrupts) => cycle.Ended is null && interrupts.HasOrder;

    /// <summary>Makes a cycle void and puts the learner back to where it began.</summary>
    public void Abandon(PreparedCycle cycle, string reason)
    {
        patience.Insist(DiskTrouble.Deciding, () => ledger.Decide(new JournalRecord.CycleAbandoned(cycle.Number, reason)));
        HeadLog.CycleAbandoned(log, cycle.Number, reason);
        // The version that it began on may still be on its way to disk.
        publisher.AwaitRoom();
        patience.Insist(DiskTrouble.ReadingVersions, () => seat.ReturnTo(cycle.Parent));
    }

    /// <summary>The time budget ends a live cycle after at least one step; one that is run anew has its end in the journal.</summary>
    private bool IsOver(PreparedCycle cycle, long started, int steps) =>
        cycle.IsLive && steps > 0 && options.TimeMax is { } limit && time.GetElapsedTime(started) >= limit;

    /// <summary>False where no objective had data: the learner comes back without a step.</summary>
    private static bool HasProgressed(int done, int before) => done > before;

    private void Finish(PreparedCycle cycle, CycleReport report, Interrupts interrupts)
    {
        health.Mark(LearnerLoop.Name, LearnerLoop.StepMax);
        observer.OnProbing(cycle.Number);
        ProbeReport probe = seat.Learner.Probe(cycle.Sentinels); // (2)
        Verdict verdict = cycle.Ended?.Verdict ?? judge.Verdict(report, probe, seat.Book); // (3)
        EmbeddingBook embeddings = redundancy.Weigh(cycle, verdict.Kind, interrupts); // (3a)
        publisher.AwaitRoom();
        IModelSnapshot snapshot = seat.Learner.Snapshot(); // (4)
        JournalRecord.CycleEnded ended = cycle.Ended
            ?? new JournalRecord.CycleEnded(cycle.Number, report.StepsDone, ledger.NextVersion, verdict, report.Quarantined);
        FrozenFold fold = cycle.AtEnd ?? End(ended, snapshot); // (5)
        seat.Ended(ended.Version, verdict, probe, report, cycle.Plan, embeddings);
        observer.OnCycleEnded(report, ended.Version, probe, verdict);
        foreach (LackingData lack in report.Lacking) HeadLog.ObjectiveLacks(log, cycle.Number, lack.Objective, lack.Needed, lack.There, lack.WaitsForTokenizer);
        HeadLog.CycleEnded(
            log, cycle.Number, report.StepsDone, ended.Version, verdict.Kind, verdict.Reasons.Count == 0 ? "no objections" : string.Join("; ", verdict.Reasons));
        Task<VersionManifest> published = publisher.Publish(cycle, ended, fold, probe, report, snapshot, seat); // (6)
        patience.Insist(DiskTrouble.Deciding, () => judge.Conclude(ended, probe));
        if (verdict.Kind != VerdictKind.Reject) return;
        patience.Await(published);
        // Not to where the journal's end stands: of what is made anew after a crash, that may come only later.
        patience.Insist(DiskTrouble.ReadingVersions, () => seat.ReturnTo(cycle.Promoted)); // (7)
    }

    private FrozenFold End(JournalRecord.CycleEnded ended, IModelSnapshot snapshot)
    {
        try
        {
            return patience.Insist(DiskTrouble.Deciding, () => ledger.DecideAndFreeze(ended));
        }
        catch (OperationCanceledException)
        {
            snapshot.Dispose(); // Nobody will publish it: the next start ends the cycle.
            throw;
        }
    }
}
