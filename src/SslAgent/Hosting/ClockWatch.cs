using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;
using SslAgent.Pipeline;

namespace SslAgent.Hosting;

/// <summary>
/// Quartz counts intervals by the wall clock: set back by five hours, the next cycle and the next check would come five hours later. This looks once a minute, as
/// time is measured and not as it is told, and brings back whatever lies further ahead than its interval. Cron expressions mean the wall clock and are left to it.
/// </summary>
internal sealed class ClockWatch(ISchedulerFactory schedulers, TimeProvider time, ILogger<ClockWatch> log) : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(1);

    public async Task LookAsync(CancellationToken cancellation)
    {
        IScheduler scheduler = await schedulers.GetScheduler(cancellation);
        foreach (string name in new[] { CycleJob.Interval, ScrubJob.Trigger })
        {
            var key = new TriggerKey(name);
            if (await scheduler.GetTrigger(key, cancellation) is not ISimpleTrigger { NextFireTimeUtc: { } next } trigger) continue;
            DateTimeOffset latest = time.GetUtcNow() + trigger.RepeatInterval;
            if (next <= latest) continue;
            await scheduler.RescheduleJob(key, trigger.GetTriggerBuilder().StartAt(latest).Build(), cancellation);
            HeadLog.ClockSetBack(log, name, next, latest);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
