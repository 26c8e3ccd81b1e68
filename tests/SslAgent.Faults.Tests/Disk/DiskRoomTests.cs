using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>Disk use is bounded by configuration: ingest waits at a limit, says so, and goes on by itself.</summary>
public sealed class DiskRoomTests(UndisturbedRun undisturbed) : IClassFixture<UndisturbedRun>
{
    private const long Gibibyte = 1L << 30;

    [Fact]
    public async Task Below_the_free_minimum_ingest_and_saves_wait_and_then_go_on_to_the_same_bytes()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        settings = settings with
        {
            Agent = settings.Agent with { DiskFreeMin = Gibibyte },
            Checkpoints = settings.Checkpoints with { SaveRetry = TimeSpan.FromMilliseconds(100), SaveRetryMax = TimeSpan.FromMilliseconds(200) },
        };
        var disk = new FaultyDisk { Free = 2 * Gibibyte };
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer, disk);
        const int half = UndisturbedRun.Messages / 2;
        await bench.SendAsync(half);
        await observer.NextStepAsync(bench.Limit);

        // The first cycle runs: its save finds the reserve gone, and so does the next message.
        disk.Free = Gibibyte - 1;
        Task<string> complaint = observer.ProblemAsync(problem => problem.Contains("agent.diskFreeMin", StringComparison.Ordinal), bench.Limit);
        await bench.SendAsync(UndisturbedRun.Messages - half);
        // Ingest asks the disk once a second: what it took in that very second it took by the old answer.
        while (!complaint.IsCompleted) await bench.SendAsync(1);
        string waits = await complaint;
        Assert.Contains($"{Gibibyte - 1} bytes left", waits, StringComparison.Ordinal);
        AgentStatus status = agent.Status();
        Assert.Equal((AgentHealth.Degraded, Gibibyte - 1, Gibibyte), (status.Health, status.Disk.FreeBytes, status.Disk.FreeBytesMin));

        disk.Free = 2 * Gibibyte;
        VersionManifest first = await observer.NextVersionAsync(bench.Limit), second = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((1, 2), (first.Version.Number, second.Version.Number));
        Assert.Equal(undisturbed.Digests, [first.WeightsDigest, second.WeightsDigest]);
        Assert.Equal(AgentHealth.Healthy, agent.Status().Health);
    }

    [Fact]
    public async Task At_the_journals_limit_ingest_waits_and_a_version_makes_room()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        // Little is kept, so that a cycle gives nearly everything back; frames take 3 KiB each.
        settings = settings with
        {
            Replay = settings.Replay with
            {
                SegmentBytes = 1 << 16,
                JournalBytesMax = 1 << 20,
                GroupCommitBytes = 1 << 14,
                SentinelOneIn = 0,
                FramesMax = 16,
                TextsMax = 16,
                PairsMax = 16,
                FreshMax = 16,
                LateHalvesMax = 1,
            },
            Cycle = settings.Cycle with { SamplesTrigger = null, WaitForLearner = false, StepsMax = 4 },
        };
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        // The broker keeps 5 MB of a partition: more is sent when this was read.
        await bench.SendAsync(550);

        // Nothing but the limit starts a cycle here.
        string waits = await observer.ProblemAsync(problem => problem.Contains("replay.journalBytesMax", StringComparison.Ordinal), bench.Limit);
        Assert.Contains("may take 1048576 bytes", waits, StringComparison.Ordinal);
        await observer.CountsAsync(counts => counts.FramesAdmitted + counts.TextsAdmitted - counts.PairsAdmitted == 550, bench.Limit);
        await bench.SendAsync(350);
        await observer.CountsAsync(counts => counts.FramesAdmitted + counts.TextsAdmitted - counts.PairsAdmitted == 900, bench.Limit);
        Assert.InRange(agent.Status().Disk.JournalBytes, 1, 1 << 20);
        Assert.NotEmpty(agent.Versions());
        Assert.Null(agent.Fault);
    }
}
