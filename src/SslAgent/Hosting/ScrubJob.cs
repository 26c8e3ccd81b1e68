using Quartz;
using SslAgent.Pipeline;

namespace SslAgent.Hosting;

/// <summary>Quartz's part: says that it is time to read the stored bytes through. Where that is on already, the trigger is spent.</summary>
[DisallowConcurrentExecution]
internal sealed class ScrubJob(Agent agent) : IJob
{
    public const string Trigger = "scrub";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await agent.ScrubAsync(cancellationToken);
}
