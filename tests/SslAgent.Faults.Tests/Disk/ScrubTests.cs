using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>The background check on a running daemon: it names what is damaged, and says so until it is mended.</summary>
public sealed class ScrubTests
{
    [Fact]
    public async Task It_names_damage_in_journal_and_versions_and_is_quiet_again_when_that_is_gone()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        await observer.NextVersionAsync(bench.Limit);
        Assert.Null(agent.Status().LastScrub);
        ScrubSummary? clean = await agent.ScrubAsync(bench.Limit);
        Assert.Empty(clean!.Damaged);
        Assert.True(clean.Bytes > 0);

        DamagedState.FlipBit(settings, "samples", 17);
        DamagedState.FlipBitOfVersion(settings, new ModelVersion(1));
        ScrubSummary? found = await agent.ScrubAsync(bench.Limit);
        Assert.Equal(2, found!.Damaged.Count);
        Assert.Matches(@"samples-\d+\.seg: bytes \d+ to \d+", found.Damaged[0]);
        Assert.Contains("version v1: model.safetensors", found.Damaged[1], StringComparison.Ordinal);
        AgentStatus ill = agent.Status();
        Assert.Contains(ill.Problems, problem => problem.Contains("version v1: model.safetensors", StringComparison.Ordinal));
        Assert.Equal(found, ill.LastScrub);

        DamagedState.FlipBit(settings, "samples", 17);
        DamagedState.FlipBitOfVersion(settings, new ModelVersion(1));
        Assert.Empty((await agent.ScrubAsync(bench.Limit))!.Damaged);
        Assert.Equal(AgentHealth.Healthy, agent.Status().Health);
        await agent.StopAsync();
    }

    [Fact]
    public async Task It_is_slow_on_purpose_never_runs_twice_at_once_and_ends_with_the_daemon()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        settings = settings with { Scrub = settings.Scrub with { BytesPerSecond = 1 << 16 } };
        var observer = new RecordingObserver();
        await bench.SendAsync(200);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);

        // Megabytes at 64 KiB a second: it is on for as long as this test takes.
        Task<ScrubSummary?> slow = agent.ScrubAsync(bench.Limit);
        Assert.Null(await agent.ScrubAsync(bench.Limit));
        Assert.False(slow.IsCompleted);
        await agent.StopAsync();
        Assert.Null(await slow);
    }
}
