using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;
using Serilog;
using Serilog.Core;
using SslAgent.Configuration;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Hosting;

/// <summary>The composition root: settings in, a host that runs the agent out. The same for <c>run</c> and for the demo.</summary>
internal static class AgentHost
{
    // A daemon that is restarted every day is checked every day all the same.
    private static readonly TimeSpan FirstScrub = TimeSpan.FromHours(1);

    /// <param name="logger">Where everything is logged; the caller disposes it after the host.</param>
    /// <param name="disk">Where everything durable goes; a test puts one there that fails or stops the process.</param>
    public static IHost Build(AgentSettings settings, Logger logger, IAgentObserver observer, IDisk disk, TimeProvider time)
    {
        // No arguments, no appsettings, no environment: the configuration was read and checked before.
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSerilog(logger, dispose: false);
        IServiceCollection services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.Agent.ShutdownLimit);
        services.AddSingleton(settings);
        services.AddSingleton<IAgentObserver>(_ => new MeteredObserver(observer));
        services.AddSingleton(time);
        services.AddSingleton(disk);
        services.AddSingleton<LoopHealth>();
        services.AddSingleton(_ => SystemdNotifier.FromEnvironment());
        services.AddSingleton<Agent>();
        services.AddHostedService<AgentService>();
        services.AddHostedService<Watchdog>();
        AddJobs(services, settings, time);
        return builder.Build();
    }

    private static void AddJobs(IServiceCollection services, AgentSettings settings, TimeProvider time)
    {
        (CycleOptions options, ScrubOptions scrub) = (settings.Cycle, settings.Scrub);
        services.AddQuartz(quartz =>
        {
            // One for the cycles, which are only asked for, one for a consolidation that waits for its turn, and one for the check, which may take hours.
            quartz.UseDefaultThreadPool(3);
            if (options.Interval is { } interval)
            {
                quartz.ScheduleJob<CycleJob>(trigger => trigger.WithIdentity(CycleJob.Interval)
                    .StartAt(time.GetUtcNow() + interval)
                    .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(interval).RepeatForever()));
            }

            if (options.Cron is { } cron)
            {
                quartz.ScheduleJob<CycleJob>(trigger => trigger.WithIdentity(CycleJob.Cron)
                    .WithSchedule(CronScheduleBuilder.Create(cron).InTimeZone(TimeZoneInfo.Utc)));
            }

            if (settings.Consolidation.Cron is { } quiet)
            {
                quartz.ScheduleJob<ConsolidationJob>(trigger => trigger.WithIdentity(CyclePlanner.Consolidate)
                    .WithSchedule(CronScheduleBuilder.Create(quiet).InTimeZone(TimeZoneInfo.Utc)));
            }

            if (scrub.Interval is { } every)
            {
                quartz.ScheduleJob<ScrubJob>(trigger => trigger.WithIdentity(ScrubJob.Trigger)
                    .StartAt(time.GetUtcNow() + (every < FirstScrub ? every : FirstScrub))
                    .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(every).RepeatForever()));
            }
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = false);
        services.AddHostedService<ClockWatch>();
    }
}
