using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>A rollback with no daemon running: under the lock file, on the recovered state. Whoever opened it disposes it.</summary>
internal sealed class OfflineRollback : IDisposable
{
    private readonly OpenState _state;
    private readonly SaveQueue _saves;
    private readonly Rollbacks _rollbacks;

    private OfflineRollback(AgentSettings settings, TimeProvider time)
    {
        ILoggerFactory logs = NullLoggerFactory.Instance;
        _state = OpenState.Open(settings, "sslagent checkpoints rollback", forTraining: false, LocalDisk.Instance, time, logs);
        _saves = new SaveQueue(_state.Store, settings.Checkpoints, time, NullLogger.Instance);
        var publisher = new Publisher(
            _state.Store, _saves, served: null, _state.Ledger, _state.Lineage.Id, time, NoObserver.Instance, new ProblemBoard(NoObserver.Instance, time));
        _rollbacks = new Rollbacks(_state.Ledger, _state.Store, publisher, NullLogger.Instance);
    }

    /// <summary>Throws <see cref="Storage.StorageException"/> where a daemon holds the lock.</summary>
    public static OfflineRollback Open(AgentSettings settings, TimeProvider time) => new(settings, time);

    /// <summary>
    /// Carries it out. A cycle that was cut off is abandoned; one that had ended without its version on disk is refused, since only the daemon can
    /// make that version.
    /// </summary>
    public RollbackEffect Carry(RollbackRequest request)
    {
        foreach (PreparedCycle cycle in _state.Recovered.Unfinished)
        {
            if (cycle.Ended is { } ended)
                throw new ControlRefusedException($"version {ended.Version} is in the journal and not yet on disk; start the daemon, which makes it, and roll back then");
            if (!request.DryRun) _state.Ledger.Decide(new JournalRecord.CycleAbandoned(cycle.Number, "an operator's order cut it off"));
        }

        return _rollbacks.Carry(request, seat: null);
    }

    public void Dispose()
    {
        _saves.Dispose();
        _state.Dispose();
    }
}
