using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SslAgent.Pipeline;

namespace SslAgent.Hosting;

/// <summary>
/// Tells the service manager that the daemon lives, only while its loops make progress: a process that hangs is then restarted, and the
/// journal carries it over. Does nothing where no watchdog is set.
/// </summary>
internal sealed class Watchdog(SystemdNotifier systemd, LoopHealth health, TimeProvider time, ILogger<Watchdog> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (systemd.WatchdogInterval is not { } interval) return;
        // Twice within the interval, as sd_watchdog_enabled(3) advises.
        using var timer = new PeriodicTimer(interval / 2, time);
        while (await NextAsync(timer, stoppingToken))
        {
            IReadOnlyList<(string Loop, TimeSpan Silence)> stuck = health.Stuck();
            if (stuck.Count == 0) systemd.FeedWatchdog();
            foreach ((string loop, TimeSpan silence) in stuck) HeadLog.LoopStuck(log, loop, silence.TotalSeconds);
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
