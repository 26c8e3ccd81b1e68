using SslAgent.Configuration;

namespace SslAgent.Pipeline;

/// <summary>
/// When cycles begin: by Quartz (interval or cron, which call <see cref="Fire"/>) and by the number of samples. With
/// <see cref="CycleOptions.WaitForLearner"/> the count trigger makes ingest wait until the cycle's record is in the journal, so that it stands at an exact
/// position of the stream whatever the load: runs over the same stream are then the same.
/// </summary>
internal sealed class CycleTriggers(Ledger ledger, ICycleStarter learner, CycleOptions options, LoopHealth health)
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    /// <summary>Any thread. Nothing happens while a cycle is on.</summary>
    public Task<bool> Fire(string trigger) => learner.StartCycle(trigger);

    /// <summary>
    /// Ingest thread, after each sample and in each turn without one: the exact place of the count trigger. Throws <see cref="OperationCanceledException"/> where
    /// the daemon stops there: no further sample may be admitted in this life.
    /// </summary>
    /// <param name="beforeWaiting">Makes durable what was taken in before: a cycle that is on may last for hours.</param>
    public void Admitted(Action beforeWaiting, CancellationToken stopping)
    {
        if (!options.WaitForLearner || !IsDue) return;
        beforeWaiting();
        AwaitBegin(stopping);
    }

    /// <summary>Ingest thread, after each turn: the count trigger where ingest does not wait.</summary>
    public void AfterIngest(CancellationToken stopping)
    {
        if (!options.WaitForLearner && !learner.IsBusy && !stopping.IsCancellationRequested && IsDue) _ = learner.StartCycle("count");
    }

    private bool IsDue => options.SamplesTrigger is { } samples && ledger.TrainableSinceCycle >= samples && ledger.CanBegin;

    private void AwaitBegin(CancellationToken stopping)
    {
        while (true)
        {
            // Not passed by, also while stopping: the next sample would stand before the cycle's record in this life, and behind it in another.
            stopping.ThrowIfCancellationRequested();
            while (!learner.AwaitIdle(Turn, stopping)) health.Mark(IngestLoop.Name, IngestLoop.TurnMax);
            Task<bool> begun = learner.StartCycle("count");
            while (!begun.Wait(Turn, stopping)) health.Mark(IngestLoop.Name, IngestLoop.TurnMax);
            if (begun.Result || !IsDue) return;
        }
    }
}
