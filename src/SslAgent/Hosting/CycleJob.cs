using Quartz;
using SslAgent.Pipeline;

namespace SslAgent.Hosting;

/// <summary>Quartz's part: says that it is time for a cycle. Where one is on, the trigger is spent.</summary>
internal sealed class CycleJob(Agent agent) : IJob
{
    public const string Interval = "interval", Cron = "cron";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await agent.FireAsync(context.Trigger.Key.Name);
}
