using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Hosting;
using SslAgent.Pipeline;
using SslAgent.Serving.Control;

namespace SslAgent.Commands.Versions;

/// <summary>Who carries a rollback out: the daemon that runs on the state directory, or, where none does, this process under its lock.</summary>
internal sealed class RollbackRoute : IDisposable
{
    private readonly ControlClient? _daemon;
    private readonly OfflineRollback? _offline;

    private RollbackRoute(ControlClient? daemon, OfflineRollback? offline) => (_daemon, _offline) = (daemon, offline);

    public static async Task<RollbackRoute> FindAsync(AgentSettings settings, CancellationToken cancellation)
    {
        ControlClient daemon = new(settings.Agent.StateDirectory);
        if (await daemon.IsRunningAsync(cancellation)) return new RollbackRoute(daemon, offline: null);
        daemon.Dispose();
        try
        {
            return new RollbackRoute(daemon: null, OfflineRollback.Open(settings, TimeProvider.System));
        }
        catch (Exception fault) when (StartFaults.Explain(fault) is { } refusal)
        {
            throw refusal;
        }
    }

    public async Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation)
    {
        if (_daemon is not null) return await _daemon.RollbackAsync(request, cancellation);
        try
        {
            return Check.NotNull(_offline, "a rollback goes one way or the other").Carry(request);
        }
        catch (Exception fault) when (fault is ControlRefusedException)
        {
            throw new CommandException(ExitCode.Refused, fault.Message);
        }
    }

    public void Dispose()
    {
        _daemon?.Dispose();
        _offline?.Dispose();
    }
}
