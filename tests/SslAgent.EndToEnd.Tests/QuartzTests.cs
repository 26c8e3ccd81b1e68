using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Serilog.Core;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Hosting;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>The host as <c>sslagent run</c> has it, with nothing but timers to make it learn and check.</summary>
public sealed class QuartzTests
{
    [Fact]
    public async Task Timers_alone_begin_a_cycle_and_have_all_stored_bytes_checked()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        settings = settings with
        {
            Cycle = settings.Cycle with { Interval = TimeSpan.FromSeconds(1), SamplesTrigger = null, WaitForLearner = false },
            Scrub = settings.Scrub with { Interval = TimeSpan.FromSeconds(1) },
        };
        var observer = new RecordingObserver();
        await bench.SendAsync(200);
        using Logger log = new LoggerConfiguration().CreateLogger();
        using IHost host = AgentHost.Build(settings, log, observer, LocalDisk.Instance, TimeProvider.System);
        await host.StartAsync(bench.Limit);
        var agent = host.Services.GetRequiredService<Agent>();

        await observer.NextVersionAsync(bench.Limit);
        Assert.True(SpinWait.SpinUntil(() => agent.Status().LastScrub is { Bytes: > 0 }, TimeSpan.FromMinutes(2)), "no check was made");
        Assert.Empty(agent.Status().LastScrub!.Damaged);
        JournalRecord.CycleStarted[] started = [.. agent.Decisions().Select(decision => decision.Record).OfType<JournalRecord.CycleStarted>()];
        Assert.NotEmpty(started);
        Assert.All(started, cycle => Assert.Equal("interval", cycle.Trigger));
        await host.StopAsync(bench.Limit);
        Assert.Null(agent.Fault);
    }

    [Fact]
    public async Task A_cron_expression_alone_has_a_consolidation_trained_judged_and_published()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        settings = settings with
        {
            Cycle = settings.Cycle with { Interval = TimeSpan.FromDays(1), SamplesTrigger = null, WaitForLearner = false, SamplesMin = 150 },
            Consolidation = new() { Cron = "* * * * * ?", Objectives = [new() { Name = "simclr" }], Steps = 8 },
        };
        var observer = new RecordingObserver();
        await bench.SendAsync(200);
        using Logger log = new LoggerConfiguration().CreateLogger();
        using IHost host = AgentHost.Build(settings, log, observer, LocalDisk.Instance, TimeProvider.System);
        await host.StartAsync(bench.Limit);
        var agent = host.Services.GetRequiredService<Agent>();

        VersionManifest first = await observer.NextVersionAsync(bench.Limit);
        JournalRecord[] decided = [.. agent.Decisions().Select(decision => decision.Record)];
        await host.StopAsync(bench.Limit);
        Assert.All(decided.OfType<JournalRecord.CycleStarted>(), cycle => Assert.Equal(CyclePlanner.Consolidate, cycle.Trigger));
        JournalRecord.CycleEnded ended = decided.OfType<JournalRecord.CycleEnded>().First();
        Assert.Equal((first.Version, first.Verdict.Kind), (ended.Version, ended.Verdict.Kind));
        Assert.Equal(["mae", "mlm", "clip", "simclr"], CyclePlan.FromJson(first.Plan.GetRawText()).Learner.Objectives.Select(objective => objective.Name));
        Assert.Equal((8, VerdictKind.Promote), (first.StepsDone, first.Verdict.Kind));
        Assert.Contains(first.Probe.Eras, era => era.Objective == "simclr");
        Assert.Null(agent.Fault);
    }
}
