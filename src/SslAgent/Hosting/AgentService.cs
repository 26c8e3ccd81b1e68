using Microsoft.Extensions.Hosting;
using SslAgent.Pipeline;

namespace SslAgent.Hosting;

/// <summary>
/// The agent inside the generic host. Starting recovers the state and only then listens and reads; stopping finishes the step, writes a resume
/// point and closes the journal, all within the shutdown limit.
/// </summary>
internal sealed class AgentService(Agent agent, SystemdNotifier systemd, IHostApplicationLifetime lifetime) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        agent.Failed += fault => lifetime.StopApplication();
        await agent.StartAsync(cancellationToken);
        systemd.Ready(agent.Summary);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        systemd.Stopping();
        await agent.StopAsync();
    }
}
