using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Serving.Control;

namespace SslAgent.Commands.Versions;

/// <summary>Who carries a rollback out: the daemon that runs on the state directory.</summary>
internal sealed class RollbackRoute : IDisposable
{
    private readonly ControlClient _daemon;

    private RollbackRoute(ControlClient daemon) => _daemon = daemon;

    public static async Task<RollbackRoute> FindAsync(AgentSettings settings, CancellationToken cancellation)
    {
        ControlClient daemon = new(settings.Agent.StateDirectory);
        if (await daemon.IsRunningAsync(cancellation)) return new RollbackRoute(daemon);
        daemon.Dispose();
        throw new CommandException(ExitCode.Refused, $"no daemon is running on the state directory {settings.Agent.StateDirectory}");
    }

    public Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation) => _daemon.RollbackAsync(request, cancellation);

    public void Dispose() => _daemon.Dispose();
}
