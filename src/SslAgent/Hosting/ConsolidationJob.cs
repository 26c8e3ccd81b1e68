using Microsoft.Extensions.Logging;
using Quartz;
using SslAgent.Pipeline;

namespace SslAgent.Hosting;

/// <summary>Quartz's part of a consolidation: says that it is time for one, and says it again while a cycle is on, for as long as an hour; that it gave up then stands in the log.</summary>
[DisallowConcurrentExecution]
internal sealed class ConsolidationJob(Agent agent, TimeProvider time, ILogger<ConsolidationJob> log) : IJob
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromHours(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await AskAsync(cancellationToken);

    /// <summary>True where a consolidation began.</summary>
    public async Task<bool> AskAsync(CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        while (!await agent.FireAsync(CyclePlanner.Consolidate))
        {
            if (agent.IsStopping) return false;
            TimeSpan waited = time.GetElapsedTime(began);
            if (waited >= Patience)
            {
                HeadLog.ConsolidationGivenUp(log, waited.TotalMinutes);
                return false;
            }

            await Task.Delay(Again, time, cancellation);
        }

        return true;
    }
}
