using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>
/// Prepares cycles for the runner: new ones from the ledger, unfinished ones from what recovery found. Freezes the tokenizer when the
/// stream has brought enough text. The learner thread's.
/// </summary>
internal sealed class CycleDesk(
    Ledger ledger, CyclePlanner planning, string fingerprint, LearnerSeat seat, CycleRunner runner, ResumePoints resumePoints, TokenizerKeeper tokenizer,
    Patience patience, ILogger log)
{
    /// <summary>Makes up for what a crash or a shutdown left, in the journal's order; a cycle that was cut off in the middle is the last.</summary>
    public void RunUnfinished(IReadOnlyList<Unfinished> unfinished, Interrupts interrupts)
    {
        foreach (Unfinished left in unfinished)
        {
            if (interrupts.IsStopping) return;
            if (left is Unfinished.Republication republication) runner.Republish(republication);
            if (left is not Unfinished.Cycle { Prepared: { } cycle }) continue;
            int first = patience.Insist(DiskTrouble.ReadingVersions, () => GoOn(cycle));
            if (cycle.Ended is null && cycle.Started.Fingerprint != fingerprint)
            {
                runner.Abandon(cycle, $"the numerics changed from \"{cycle.Started.Fingerprint}\" to \"{fingerprint}\"");
                continue;
            }

            if (cycle.Ended is null && cycle.Plan.Replay != planning.Plan.Replay)
            {
                // What it trained on so far was folded under the old options and cannot be had again.
                runner.Abandon(cycle, "the options of section replay changed");
                continue;
            }

            runner.Run(cycle, first, interrupts);
        }
    }

    /// <summary>Begins a cycle where there is something to learn from, and runs it.</summary>
    public void RunNew(LearnerOrder.StartCycle order, Interrupts interrupts)
    {
        if (ledger.Course.IsPaused)
        {
            order.Begun.TrySetResult(false);
            return;
        }

        tokenizer.FreezeIfReady(ledger, interrupts.Stopping);
        patience.Insist(DiskTrouble.ReadingVersions, planning.Prepare);
        PreparedCycle? cycle = patience.Insist(DiskTrouble.Deciding, () => ledger.BeginCycle(fresh => planning.Resolve(fresh, order.Trigger), fingerprint, order.Trigger));
        order.Begun.TrySetResult(cycle is not null);
        if (cycle is null) return;
        AvailableData available = cycle.Batches.Available;
        HeadLog.CycleStarted(
            log, cycle.Number, order.Trigger, available.Frames, available.Texts, available.Pairs, cycle.Steps, cycle.Started.PlanJson);
        patience.Insist(DiskTrouble.ReadingVersions, () => Sit(cycle));
        runner.Run(cycle, firstStep: 0, interrupts);
    }

    private void Sit(PreparedCycle cycle)
    {
        // A plan that verdicts changed makes the learner anew, from a version that the cycle before may just be saving.
        if (!seat.IsSoAlready(cycle.Plan.Learner, cycle.Parent)) runner.AwaitPublished();
        seat.Take(cycle.Plan.Learner, cycle.Parent);
        seat.Adopt(cycle.TokenizerJson);
        seat.HoldTo(cycle.Promoted);
    }

    private int GoOn(PreparedCycle cycle)
    {
        Sit(cycle);
        using IStoredModel? point = resumePoints.Open(cycle);
        if (point is null) return 0;
        seat.GoOnAt(point);
        HeadLog.CycleResumed(log, cycle.Number, point.Manifest.StepsDone);
        return point.Manifest.StepsDone;
    }
}
