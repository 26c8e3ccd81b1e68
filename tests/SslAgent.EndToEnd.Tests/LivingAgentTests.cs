using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.EndToEnd.Tests;

public sealed class LivingAgentTests
{
    [Fact]
    public async Task It_learns_from_the_stream_and_serves_versions()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(bench.Settings(), observer);
        VersionManifest first = await observer.NextVersionAsync(bench.Limit);
        VersionManifest second = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(1), new ModelVersion(2)), (first.Version, second.Version));
        Assert.Equal(new ModelVersion(1), second.Parent);
        Assert.All(second.Report!.Objectives.Values, objective => Assert.True(double.IsFinite(objective.LossLast), objective.ToString()));
        Assert.Contains("mae", second.Report.Objectives.Keys);
        AgentStatus status = agent.Status();
        Assert.Equal(AgentHealth.Healthy, status.Health);
    }
}
