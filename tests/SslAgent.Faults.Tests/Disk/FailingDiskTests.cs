using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>
/// The whole agent over a disk that fails in one place and is mended: it waits, says so, goes on by itself, and arrives at the bytes of an
/// agent that nothing disturbed.
/// </summary>
public sealed class FailingDiskTests(UndisturbedRun undisturbed) : IClassFixture<UndisturbedRun>
{
    public static TheoryData<string, string, StorageFault, string> Places => new()
    {
        { "samples-", "Write", StorageFault.DiskFull, "the journal cannot be written" },
        { "samples-", "Sync", StorageFault.Device, "the journal cannot be written" },
        { "decisions-", "Write", StorageFault.ReadOnly, "a decision cannot be journalled" },
        { "decisions-", "Sync", StorageFault.Device, "a decision cannot be journalled" },
        { "versions", "Write", StorageFault.DiskFull, "the last save failed" },
        { "versions", "Rename", StorageFault.Device, "the last save failed" },
        { "samples-", "Read", StorageFault.Other, "samples cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task It_waits_says_so_and_ends_with_the_same_bytes(string place, string operation, StorageFault fault, string says)
    {
        await using var bench = new Bench();
        var disk = new FaultyDisk();
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(Quick(bench.Settings()), observer, disk);
        disk.Fail(fault, (what, path) => what.ToString() == operation && path.Contains(place, StringComparison.Ordinal));
        await bench.SendAsync(UndisturbedRun.Messages);

        // By the second failure the first one is told.
        await disk.FailuresAsync(2, bench.Limit);
        AgentStatus ill = agent.Status();
        Assert.Equal(AgentHealth.Degraded, ill.Health);
        Assert.Contains(ill.Problems, problem => problem.Contains(says, StringComparison.Ordinal));
        Assert.Contains(ill.Problems, problem => problem.Contains("a test made it fail", StringComparison.Ordinal));
        Assert.Null(agent.Fault);

        disk.Mend();
        Assert.Equal(undisturbed.Digests, await DigestsAsync(bench, observer));
        AgentStatus well = agent.Status();
        Assert.True(well.Health == AgentHealth.Healthy, string.Join("; ", well.Problems));
        await agent.StopAsync();
        Assert.Null(agent.Fault);
    }

    [Fact]
    public async Task A_shutdown_on_a_failing_disk_ends_and_the_next_start_goes_on()
    {
        await using var bench = new Bench();
        var disk = new FaultyDisk();
        AgentSettings settings = Quick(bench.Settings());
        Agent agent = await bench.StartAsync(settings, new RecordingObserver(), disk);
        disk.Fail(StorageFault.DiskFull, (what, path) => what is not (DiskOperation.Read or DiskOperation.Open) && path.Contains(bench.Root, StringComparison.Ordinal));
        await bench.SendAsync(UndisturbedRun.Messages);
        await disk.FailuresAsync(2, bench.Limit);
        await agent.StopAsync().WaitAsync(bench.Limit);
        Assert.Null(agent.Fault);

        disk.Mend();
        var observer = new RecordingObserver();
        await bench.StartAsync(settings, observer, disk);
        Assert.Equal(undisturbed.Digests, await DigestsAsync(bench, observer));
    }

    [Fact]
    public async Task A_resume_point_that_cannot_be_written_costs_steps_and_no_bytes()
    {
        await using var bench = new Bench();
        var disk = new FaultyDisk();
        AgentSettings settings = Quick(bench.Settings());
        var observer = new RecordingObserver();
        await bench.SendAsync(UndisturbedRun.Messages);
        Agent agent = await bench.StartAsync(settings, observer, disk);
        await observer.NextStepAsync(bench.Limit);
        disk.Fail(StorageFault.DiskFull, (what, path) => what != DiskOperation.Read && path.Contains("resume", StringComparison.Ordinal));
        await agent.StopAsync().WaitAsync(bench.Limit);
        Assert.Null(agent.Fault);

        disk.Mend();
        observer = new RecordingObserver();
        await bench.StartAsync(settings, observer, disk);
        VersionManifest last;
        do last = await observer.NextVersionAsync(bench.Limit);
        while (last.Version.Number < UndisturbedRun.Versions);
        Assert.Equal(undisturbed.Digests[^1], last.WeightsDigest);
    }

    [Fact]
    public async Task Dead_letters_wait_for_the_disk_and_go_on()
    {
        await using var bench = new Bench();
        var disk = new FaultyDisk();
        await using Agent agent = await bench.StartAsync(Quick(bench.Settings()), new RecordingObserver(), disk);
        disk.Fail(StorageFault.ReadOnly, (what, path) => path.Contains("dead-letters.cursor", StringComparison.Ordinal));
        await bench.SendRawAsync([[0xff, 0xfe, 0x00]]);
        await disk.FailuresAsync(2, bench.Limit);
        Assert.Contains(agent.Status().Problems, problem => problem.Contains("the dead letters wait for the disk", StringComparison.Ordinal));

        disk.Mend();
        string cursor = Path.Combine(bench.Root, "state", "dead-letters.cursor");
        using var changes = new FileSystemWatcher(Path.GetDirectoryName(cursor)!);
        while (!System.IO.File.Exists(cursor)) changes.WaitForChanged(WatcherChangeTypes.All, TimeSpan.FromMilliseconds(200));
        Assert.Null(agent.Fault);
    }

    [Fact]
    public async Task A_bad_sector_loses_its_samples_and_not_the_cycle()
    {
        await using var bench = new Bench();
        var disk = new FaultyDisk();
        var observer = new RecordingObserver();
        AgentSettings settings = Quick(bench.Settings());
        settings = settings with { Replay = settings.Replay with { SegmentBytes = 1 << 16 } };
        Agent agent = await bench.StartAsync(settings, observer, disk);
        // The first segment that is closed cannot be read any more; those after it can.
        disk.Fail(StorageFault.Device, (what, path) => what == DiskOperation.Read && path.EndsWith("samples-0000000000000000.seg", StringComparison.Ordinal));
        await bench.SendAsync(UndisturbedRun.Messages);
        await observer.NextVersionAsync(bench.Limit);
        Assert.Contains(agent.Status().Problems, problem => problem.Contains("cannot be read any more", StringComparison.Ordinal));
        Assert.Null(agent.Fault);
    }

    private static AgentSettings Quick(AgentSettings settings) => settings with
    {
        Checkpoints = settings.Checkpoints with { SaveRetry = TimeSpan.FromMilliseconds(100), SaveRetryMax = TimeSpan.FromMilliseconds(200) },
    };

    private static async Task<IReadOnlyList<string>> DigestsAsync(Bench bench, RecordingObserver observer)
    {
        var digests = new List<string>();
        while (digests.Count < UndisturbedRun.Versions) digests.Add((await observer.NextVersionAsync(bench.Limit)).WeightsDigest);
        return digests;
    }
}
