using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Serving.Control;

namespace SslAgent.Commands.Versions;

/// <summary>
/// Who carries a rollback out: the daemon that runs on the state directory, or, where none runs, this process under the directory's lock,
/// from the
/// preview to the deed, so that nothing changes in between.
/// </summary>
internal abstract class RollbackRoute : IDisposable
{
    public static async Task<RollbackRoute> FindAsync(AgentSettings settings, CancellationToken cancellation)
    {
        ControlClient daemon = new(settings.Agent.StateDirectory);
        if (await daemon.IsRunningAsync(cancellation)) return new ThroughDaemon(daemon);
        daemon.Dispose();
        AgentSettings asItIs = settings with { Agent = settings.Agent with { NewLineage = false } };
        return new UnderLock(OfflineRollback.Open(asItIs, TimeProvider.System));
    }

    public abstract Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation);

    public abstract void Dispose();

    private sealed class ThroughDaemon(ControlClient daemon) : RollbackRoute
    {
        public override Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation) =>
            daemon.RollbackAsync(request, cancellation);

        public override void Dispose() => daemon.Dispose();
    }

    private sealed class UnderLock(OfflineRollback state) : RollbackRoute
    {
        public override Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation) => Task.FromResult(state.Carry(request));

        public override void Dispose() => state.Dispose();
    }
}
