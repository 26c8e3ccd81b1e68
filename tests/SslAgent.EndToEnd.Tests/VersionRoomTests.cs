using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Versions that must stay and take more of the disk than they may: nothing is deleted that is needed, and it is said.</summary>
public sealed class VersionRoomTests
{
    [Fact]
    public async Task It_is_a_problem_while_what_must_stay_is_beyond_the_limit_after_a_restart_too_and_none_with_a_higher_limit()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings(), tight = settings with { Checkpoints = settings.Checkpoints with { BytesMax = 1 << 10 } };
        var observer = new RecordingObserver();
        await bench.SendAsync(200);
        Agent agent = await bench.StartAsync(tight, observer);
        Assert.Equal(AgentHealth.Healthy, agent.Status().Health);
        await observer.NextVersionAsync(bench.Limit);

        string problem = await observer.ProblemAsync(sentence => sentence.Contains("checkpoints.bytesMax", StringComparison.Ordinal), bench.Limit);
        AgentStatus status = agent.Status();
        Assert.Contains($"the versions that must stay take {status.Disk.VersionBytes} bytes, and versions may take 1024 bytes", problem, StringComparison.Ordinal);
        Assert.Equal((AgentHealth.Degraded, new ModelVersion(1)), (status.Health, status.Head));
        Assert.Contains(problem, status.Problems);
        await agent.StopAsync();

        agent = await bench.StartAsync(tight, new RecordingObserver());
        Assert.Contains(problem, agent.Status().Problems);
        await agent.StopAsync();

        agent = await bench.StartAsync(settings, new RecordingObserver());
        Assert.True(agent.Status().Health == AgentHealth.Healthy, string.Join("; ", agent.Status().Problems));
    }
}
