using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>Resume points on the way are written behind the training's back, one at a time, and are over with their cycle or with the daemon.</summary>
public sealed class ResumePointTests
{
    private const int Steps = 120;

    [Fact]
    public async Task Training_goes_on_while_one_waits_for_a_slow_disk_and_no_second_one_is_begun()
    {
        await using var bench = new Bench();
        await bench.SendAsync(200);
        AgentSettings whole = bench.Settings("whole");
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(whole with { Cycle = whole.Cycle with { StepsMax = Steps, UpdatesPerSample = null } }, observer);
        string undisturbed = (await observer.NextVersionAsync(bench.Limit)).WeightsDigest;
        await agent.StopAsync();

        AgentSettings settings = Settings(bench);
        var disk = new FaultyDisk();
        disk.Hold(IsResumePoint);
        try
        {
            observer = new RecordingObserver();
            agent = await bench.StartAsync(settings, observer, disk);
            await disk.HeldAsync(bench.Limit);
            while ((await observer.NextStepAsync(bench.Limit)).Step.Value < Steps - 1) Assert.Equal(1, disk.Held);
            Assert.Equal(undisturbed, (await observer.NextVersionAsync(bench.Limit)).WeightsDigest);
            Assert.Equal(1, disk.Held);
            // Nothing of it may be written once the next cycle is on.
            Assert.True(agent.IsTraining, "the cycle is not over while its resume point is on the way");
        }
        finally
        {
            disk.Release();
        }

        Assert.True(SpinWait.SpinUntil(() => !agent.IsTraining, TimeSpan.FromSeconds(100)));
        await agent.StopAsync();
        Assert.Null(agent.Fault);
        Assert.NotNull(Stored(settings));
    }

    [Fact]
    public async Task A_shutdown_waits_for_the_one_on_the_way_and_leaves_its_own()
    {
        await using var bench = new Bench();
        await bench.SendAsync(200);
        AgentSettings settings = Settings(bench);
        settings = settings with { Cycle = settings.Cycle with { StepsMax = 1_000_000 } };
        var disk = new FaultyDisk();
        disk.Hold(IsResumePoint);
        var observer = new RecordingObserver();
        Agent agent;
        Task stopping;
        int last;
        try
        {
            agent = await bench.StartAsync(settings, observer, disk);
            await disk.HeldAsync(bench.Limit);
            do last = (await observer.NextStepAsync(bench.Limit)).Step.Value; while (last < 10);
            stopping = agent.StopAsync();
        }
        finally
        {
            disk.Release();
        }

        await stopping;
        Assert.Null(agent.Fault);
        Assert.Equal(1, disk.Held);
        while (observer.TryNextStep() is { } step) last = step.Step.Value;
        Assert.Equal(last + 1, Stored(settings).StepsDone);
    }

    private static bool IsResumePoint(DiskOperation operation, string path) =>
        operation == DiskOperation.Write && path.Contains($"{Path.DirectorySeparatorChar}resume{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    /// <summary>A resume point is due behind every step, and every step is told.</summary>
    private static AgentSettings Settings(Bench bench)
    {
        AgentSettings settings = bench.Settings();
        return settings with
        {
            Cycle = settings.Cycle with { StepsMax = Steps, UpdatesPerSample = null, ResumePointInterval = TimeSpan.FromTicks(1) },
            Learning = settings.Learning with { FlagInterval = 1 },
        };
    }

    /// <summary>The only one that is kept.</summary>
    private static VersionManifest Stored(AgentSettings settings) => Assert.Single(VersionStore.Open(
        LocalDisk.Instance, new StateDirectory(settings.Agent.StateDirectory).Resume, StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance).List());
}
