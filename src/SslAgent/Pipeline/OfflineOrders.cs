using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>An operator's orders with no daemon running: under the lock file, on the recovered state. Whoever opened it disposes it.</summary>
internal sealed class OfflineOrders : IDisposable
{
    private readonly OpenState _state;
    private readonly SaveQueue _saves;
    private readonly Rollbacks _rollbacks;
    private readonly Forgetting _forgetting;
    private readonly IReadOnlyList<Unfinished> _unfinished;
    private readonly ModelVersion _first;
    private readonly CancellationToken _stopping;

    private OfflineOrders(AgentSettings settings, string role, TimeProvider time, ILogger waits, CancellationToken stopping)
    {
        _stopping = stopping;
        _state = OpenState.Open(settings, role, forTraining: false, LocalDisk.Instance, time, NullLoggerFactory.Instance);
        _saves = new SaveQueue(_state.Store, settings.Checkpoints, settings.Checkpoints.Retention(settings.Audit.Horizon), time, waits);
        var problems = new ProblemBoard(NoObserver.Instance, time);
        var patience = new Patience("orders", LearnerLoop.StepMax, problems, new LoopHealth(time), waits, stopping);
        var publisher = new Publisher(
            _state.Store, _saves, served: null, retirement: null, room: null, _state.Lineage.Id, time, NoObserver.Instance, problems, patience, NullLogger.Instance);
        _unfinished = publisher.RepublishFirst(_state.Recovered.Unfinished);
        _rollbacks = new Rollbacks(_state.Ledger, _state.Store, publisher, patience, NullLogger.Instance);
        _forgetting = new Forgetting(_state.Ledger, publisher, patience, NullLogger.Instance);
        _first = _state.Ledger.NextVersion;
    }

    /// <summary>Throws <see cref="Storage.StorageException"/> where a daemon holds the lock.</summary>
    /// <param name="role">Who asks, for the lock file.</param>
    /// <param name="waits">Where it is said that a disk fails, which is waited for.</param>
    /// <param name="stopping">Ends the waiting by an <see cref="OperationCanceledException"/>; <see cref="HasDecided"/> says whether the order stands all the same.</param>
    public static OfflineOrders Open(AgentSettings settings, string role, TimeProvider time, ILogger waits, CancellationToken stopping) =>
        new(settings, role, time, waits, stopping);

    /// <summary>Whether the journal has an order that was given here: the next start finishes what is left of it.</summary>
    public bool HasDecided => _state.Ledger.NextVersion != _first;

    public RollbackEffect RollBack(RollbackRequest request)
    {
        Settle(request.DryRun);
        return _rollbacks.Carry(request, seat: null);
    }

    public ForgetEffect Forget(ForgetRequest request, CancellationToken cancellation)
    {
        Settle(request.DryRun);
        return _forgetting.Carry(request, seat: null, cancellation);
    }

    public ResumeEffect Resume(ResumeRequest request) => _state.Ledger.Resume(request.Reason);

    /// <summary>
    /// A cycle that was cut off is abandoned; one that had ended without its version on disk is refused, since only the daemon can make that version.
    /// </summary>
    private void Settle(bool isDryRun)
    {
        _stopping.ThrowIfCancellationRequested();
        foreach (Unfinished left in _unfinished)
        {
            if (left is not Unfinished.Cycle { Prepared: { Ended: null } cycle })
                throw new ControlRefusedException("the journal has versions that are not yet on disk; start the daemon, which makes them, and give the order then");
            if (!isDryRun) _state.Ledger.Decide(new JournalRecord.CycleAbandoned(cycle.Number, "an operator's order cut it off"));
        }
    }

    public void Dispose()
    {
        _saves.Dispose();
        _state.Dispose();
    }
}
