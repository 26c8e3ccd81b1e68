using Quartz;
using SslAgent.Pipeline;

namespace SslAgent.Hosting;

/// <summary>Quartz's part of a consolidation: says that it is time for one, and says it again while a cycle is on, for as long as an hour.</summary>
[DisallowConcurrentExecution]
internal sealed class ConsolidationJob(Agent agent, TimeProvider time) : IJob
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromHours(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        while (!await agent.FireAsync(CyclePlanner.Consolidate) && time.GetElapsedTime(began) < Patience) await Task.Delay(Again, time, cancellationToken);
    }
}
