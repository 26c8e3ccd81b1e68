using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;
using Serilog;
using Serilog.Core;
using SslAgent.Configuration;
using SslAgent.Hosting;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Tests.Hosting;

/// <summary>What the host has Quartz do, and when. That it does it is tested over a real agent, in the end-to-end tests.</summary>
public sealed class JobsTests : IDisposable
{
    /// <summary>How Quartz says it.</summary>
    private const int RepeatedForEver = -1;

    private readonly Logger _log = new LoggerConfiguration().CreateLogger();
    private readonly SetClock _clock = new();

    private static CancellationToken Limit => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Cycles_and_the_check_of_all_stored_bytes_are_scheduled_at_the_configured_times()
    {
        using IHost host = Host(new() { Interval = TimeSpan.FromMinutes(20), Cron = "0 30 3 * * ?" }, new() { Interval = TimeSpan.FromHours(6) });
        IScheduler scheduler = await SchedulerOf(host);

        await RequireEvery<CycleJob>(scheduler, "interval", first: TimeSpan.FromMinutes(20), every: TimeSpan.FromMinutes(20));
        await RequireEvery<ScrubJob>(scheduler, "scrub", first: TimeSpan.FromHours(1), every: TimeSpan.FromHours(6));
        ICronTrigger cron = Assert.IsAssignableFrom<ICronTrigger>(await TriggerOf<CycleJob>(scheduler, "cron"));
        Assert.Equal(("0 30 3 * * ?", TimeZoneInfo.Utc), (cron.CronExpressionString, cron.TimeZone));
    }

    [Fact]
    public async Task A_check_that_comes_more_often_than_hourly_comes_first_after_its_own_interval()
    {
        using IHost host = Host(new() { Interval = TimeSpan.FromMinutes(10) }, new() { Interval = TimeSpan.FromMinutes(5) });

        await RequireEvery<ScrubJob>(await SchedulerOf(host), "scrub", first: TimeSpan.FromMinutes(5), every: TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_consolidation_is_scheduled_by_its_cron_expression_in_utc()
    {
        using IHost host = Host(new(), new(), new() { Cron = "0 15 2 ? * SUN" });

        ICronTrigger cron = Assert.IsAssignableFrom<ICronTrigger>(await TriggerOf<ConsolidationJob>(await SchedulerOf(host), CyclePlanner.Consolidate));
        Assert.Equal(("0 15 2 ? * SUN", TimeZoneInfo.Utc), (cron.CronExpressionString, cron.TimeZone));
    }

    [Fact]
    public async Task What_is_switched_off_is_not_scheduled()
    {
        using IHost host = Host(new() { Interval = null, SamplesTrigger = 100 }, new() { Interval = null });
        IScheduler scheduler = await SchedulerOf(host);

        foreach (string name in new[] { "interval", "cron", "scrub", "consolidation" }) Assert.Null(await scheduler.GetTrigger(new TriggerKey(name), Limit));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_by_hours_delays_cycles_and_checks_by_one_interval_at_most()
    {
        using IHost host = Host(new() { Interval = TimeSpan.FromMinutes(10), Cron = "0 0 3 * * ?" }, new() { Interval = TimeSpan.FromHours(2) });
        IScheduler scheduler = await SchedulerOf(host);
        ITrigger cron = await TriggerOf<CycleJob>(scheduler, "cron");
        var watch = new ClockWatch(host.Services.GetRequiredService<ISchedulerFactory>(), _clock, NullLogger<ClockWatch>.Instance);

        // While the clock goes on as it should, nothing is moved.
        await watch.LookAsync(Limit);
        await RequireEvery<CycleJob>(scheduler, "interval", first: TimeSpan.FromMinutes(10), every: TimeSpan.FromMinutes(10));
        await RequireEvery<ScrubJob>(scheduler, "scrub", first: TimeSpan.FromHours(1), every: TimeSpan.FromHours(2));

        _clock.Now -= TimeSpan.FromHours(5);
        await watch.LookAsync(Limit);
        await RequireEvery<CycleJob>(scheduler, "interval", first: TimeSpan.FromMinutes(10), every: TimeSpan.FromMinutes(10));
        await RequireEvery<ScrubJob>(scheduler, "scrub", first: TimeSpan.FromHours(2), every: TimeSpan.FromHours(2));
        Assert.Equal(cron.StartTimeUtc, (await TriggerOf<CycleJob>(scheduler, "cron")).StartTimeUtc);
    }

    private IHost Host(CycleOptions cycle, ScrubOptions scrub, ConsolidationOptions? consolidation = null) =>
        AgentHost.Build(new AgentSettings { Cycle = cycle, Scrub = scrub, Consolidation = consolidation ?? new() }, _log, NoObserver.Instance, LocalDisk.Instance, _clock);

    private static async Task<IScheduler> SchedulerOf(IHost host) => await host.Services.GetRequiredService<ISchedulerFactory>().GetScheduler(Limit);

    private static async Task<ITrigger> TriggerOf<TJob>(IScheduler scheduler, string name)
    {
        ITrigger? trigger = await scheduler.GetTrigger(new TriggerKey(name), Limit);
        Assert.NotNull(trigger);
        IJobDetail? job = await scheduler.GetJobDetail(trigger.JobKey, Limit);
        Assert.Equal(typeof(TJob), job?.JobType.Type);
        return trigger;
    }

    private async Task RequireEvery<TJob>(IScheduler scheduler, string name, TimeSpan first, TimeSpan every)
    {
        ISimpleTrigger trigger = Assert.IsAssignableFrom<ISimpleTrigger>(await TriggerOf<TJob>(scheduler, name));
        Assert.Equal((_clock.Now + first, every), (trigger.NextFireTimeUtc!.Value, trigger.RepeatInterval));
        Assert.Equal(RepeatedForEver, trigger.RepeatCount);
    }

    /// <summary>A wall clock that somebody sets.</summary>
    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
