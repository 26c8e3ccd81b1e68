using System.Net;
using SslAgent.Serving.Tests.Support;

namespace SslAgent.Serving.Tests.Http;

public sealed class HttpSurfaceTests
{
    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/v1/embedding", 404)]
    [InlineData("GET", "/v1/embeddings/", 404)]
    [InlineData("GET", "/v1/embeddings", 405)]
    [InlineData("DELETE", "/v1/models", 405)]
    [InlineData("POST", "/metrics", 405)]
    public async Task What_is_not_there_is_said_in_one_shape(string method, string path, int status)
    {
        await using RunningServer server = await RunningServer.StartAsync(null);
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        using HttpResponseMessage response = await server.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith("{\"error\":{", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Head_is_get_without_the_body()
    {
        await using RunningServer server = await RunningServer.StartAsync(null);
        using HttpRequestMessage request = new(HttpMethod.Head, "/v1/models");

        using HttpResponseMessage response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:7700", true)]
    [InlineData("[::1]:7700", true)]
    [InlineData("attacker.example", false)]
    [InlineData("127.0.0.1.attacker.example:7700", false)]
    [InlineData("192.168.1.5", false)]
    public async Task On_loopback_it_answers_to_loopback_names_only(string host, bool answers)
    {
        await using RunningServer server = await RunningServer.StartAsync(null);
        using HttpRequestMessage request = new(HttpMethod.Get, "/status");
        request.Headers.Host = host;

        using HttpResponseMessage response = await server.Http.SendAsync(request);

        Assert.Equal(answers ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }
}
