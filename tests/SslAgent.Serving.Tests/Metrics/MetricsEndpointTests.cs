using SslAgent.Serving.Tests.Support;

namespace SslAgent.Serving.Tests.Metrics;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task A_scrape_holds_the_agent_the_process_and_the_runtime()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12));
        await server.EmbedOkAsync("""{"model":"text","input":["a","b","c"]}""");

        using HttpResponseMessage response = await server.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Exposition read = Exposition.Read(await response.Content.ReadAsStringAsync());

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());

        // Other tests of this process serve too and share its meters: at least our own must be there.
        Assert.True(read.Samples["sslagent_serving_inputs_total{kind=text,space=text}"] >= 3);
        Assert.True(read.Samples["sslagent_serving_requests_total{model=text,status=200}"] >= 1);
        Assert.True(read.Samples["sslagent_serving_batch_inputs_count{space=text}"] >= 1);
        Assert.True(read.Samples["sslagent_serving_request_duration_seconds_sum{model=text}"] > 0);
        Assert.True(read.Samples["process_resident_memory_bytes{}"] > 1e6);
        Assert.True(read.Samples["process_cpu_seconds_total{}"] > 0);
        Assert.True(read.Samples["process_start_time_seconds{}"] > 1.7e9);
        Assert.Equal(1, read.Samples["sslagent_agent_health{state=healthy}"]);
        Assert.Equal(3, read.Samples["sslagent_agent_head_version{}"]);
        Assert.Equal(5, read.Samples["sslagent_agent_lag{partition=1,topic=logs}"]);
        Assert.DoesNotContain("sslagent_agent_lag{partition=0,topic=frames}", read.Samples.Keys);
        Assert.Contains(read.Types, type => type.Key.StartsWith("dotnet_gc_", StringComparison.Ordinal));
    }
}
