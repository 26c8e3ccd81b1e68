using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>Orders that come when there is something to be made first: they wait for it.</summary>
public sealed class OrderTimingTests
{
    [Fact]
    public async Task An_order_does_not_cut_off_a_cycle_whose_version_was_given_away_already()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        VersionManifest lost = await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();
        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions", $"v{lost.Version.Number:D6}"), recursive: true);

        // The cycle is run anew, and its samples cannot be read before the order is there.
        var disk = new FaultyDisk();
        bool IsDraw(DiskOperation what, string path) =>
            what == DiskOperation.Read && path.Contains("samples-", StringComparison.Ordinal) && Thread.CurrentThread.Name == LearnerLoop.Name;
        disk.Fail(StorageFault.Other, IsDraw);
        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer, disk);
        await disk.FailuresAsync(1, bench.Limit);
        Task<RollbackEffect> order = agent.RollbackAsync(new RollbackRequest(new ModelVersion(1), ReplayRollback.Keep, "a test", [], DryRun: false), bench.Limit);
        disk.Fail(StorageFault.Other, IsDraw);
        await disk.FailuresAsync(2, bench.Limit);
        disk.Mend();

        RollbackEffect effect = await order;
        Assert.Equal((lost.Version, new ModelVersion(lost.Version.Number + 1)), (effect.From, effect.Published!.Value));
        Assert.Equal(lost.WeightsDigest, agent.Versions().Single(version => version.Version == lost.Version).WeightsDigest);
        await agent.StopAsync();
        Assert.Null(agent.Fault);
    }

    [Fact]
    public async Task An_order_that_cuts_off_a_cycle_waits_for_the_version_that_the_cycle_began_on()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        TimeSpan pause = TimeSpan.FromMilliseconds(50);
        settings = settings with { Checkpoints = settings.Checkpoints with { SaveRetry = pause, SaveRetryMax = pause } };
        var disk = new FaultyDisk();
        bool IsOfVersions(DiskOperation what, string path) => what != DiskOperation.Read && path.Contains("/versions/", StringComparison.Ordinal);
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer, disk);
        disk.Fail(StorageFault.DiskFull, IsOfVersions);
        await bench.SendAsync(400);
        await observer.NextCycleAsync(bench.Limit);
        CycleNumber second = await observer.NextCycleAsync(bench.Limit);
        Assert.Empty(agent.Versions());

        Task<ForgetEffect> order = agent.ForgetAsync(new ForgetRequest("host-1", null, "a test", DryRun: false), bench.Limit);
        disk.Fail(StorageFault.DiskFull, IsOfVersions);
        await disk.FailuresAsync(10, bench.Limit);
        Assert.Null(agent.Fault);
        disk.Mend();

        ForgetEffect effect = await order;
        Assert.Equal(new ModelVersion(second.Value), effect.Published);
        await agent.StopAsync();
        Assert.Null(agent.Fault);
    }
}
