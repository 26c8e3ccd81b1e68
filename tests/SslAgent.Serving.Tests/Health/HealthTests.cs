using System.Net;
using SslAgent.Domain;
using SslAgent.Serving.Tests.Support;

namespace SslAgent.Serving.Tests.Health;

public sealed class HealthTests
{
    [Theory]
    [InlineData(AgentHealth.Starting, true, 200, 503, 503)]
    [InlineData(AgentHealth.Healthy, false, 200, 200, 503)]
    [InlineData(AgentHealth.Healthy, true, 200, 200, 200)]
    [InlineData(AgentHealth.Degraded, true, 200, 200, 200)]
    [InlineData(AgentHealth.Stopping, true, 200, 200, 503)]
    public async Task The_three_probes_tell_apart_alive_started_and_ready(AgentHealth health, bool served, int live, int startup, int ready)
    {
        await using RunningServer server = await RunningServer.StartAsync(served ? new FakeEmbedder(1) : null);
        server.Control.Answer = Some.Status(health);

        Assert.Equal((live, startup, ready), (await ProbeAsync(server, "live"), await ProbeAsync(server, "startup"), await ProbeAsync(server, "ready")));
    }

    [Fact]
    public async Task A_batch_that_never_ends_makes_the_agent_unwell()
    {
        ManualTime time = new();
        Gate gate = new();
        ServingOptions options = new() { BatchWait = TimeSpan.Zero, StallAfter = TimeSpan.FromSeconds(30) };
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(1) { Gate = gate }, options, time: time);
        Task request = server.EmbedOkAsync("""{"model":"text","input":"a"}""");
        await gate.ArrivalAsync();

        Assert.Equal(200, await ProbeAsync(server, "live"));
        time.Advance(TimeSpan.FromSeconds(31));
        using HttpResponseMessage stalled = await server.Http.GetAsync(new Uri("/healthz/live", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, stalled.StatusCode);
        Assert.Contains("31 s, more than 30 s", await stalled.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        gate.Open();
        await request;
        Assert.Equal(200, await ProbeAsync(server, "live"));
    }

    private static async Task<int> ProbeAsync(RunningServer server, string probe)
    {
        using HttpResponseMessage response = await server.Http.GetAsync(new Uri($"/healthz/{probe}", UriKind.Relative));
        return (int)response.StatusCode;
    }
}
