using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Serving.Control;
using SslAgent.Serving.Inference;
using SslAgent.Serving.Tests.Support;

namespace SslAgent.Serving.Tests.Control;

/// <summary>File modes are looked at, which Windows has not.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ControlSurfaceTests
{
    private const string Rollback = """{"to":2,"replay":"dropSince","reason":"poisoned camera","denied":[],"dryRun":false}""";

    [Fact]
    public async Task Socket_and_token_are_their_owners_alone()
    {
        await using RunningServer server = await RunningServer.StartAsync(null);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.SocketPath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.TokenPath));
        Assert.Matches("^[0-9a-f]{64}\n$", await File.ReadAllTextAsync(server.TokenPath));
    }

    [Fact]
    public async Task The_client_speaks_for_every_command()
    {
        await using RunningServer server = await RunningServer.StartAsync(null);
        using ControlClient client = new(server.Directory);
        RollbackRequest order = new(new ModelVersion(2), ReplayRollback.Rewind, "poisoned", [new DeniedRange("frames", 0, 5, 9)], DryRun: true);

        AgentStatus status = await client.StatusAsync(default);
        IReadOnlyList<VersionManifest> versions = await client.VersionsAsync(default);
        RollbackEffect effect = await client.RollbackAsync(order, default);

        Assert.Equal(Json(server.Control.Answer), Json(status));
        Assert.Equal([3, 2], versions.Select(version => version.Version.Number));
        Assert.Null(effect.Published);
        Assert.Equal(123, effect.SamplesDropped);
        Assert.Equal(order.Denied, Assert.Single(server.Control.Orders).Denied);
        Assert.True(await client.TriggerCycleAsync(default));
        server.Control.CycleAnswer = false;
        Assert.False(await client.TriggerCycleAsync(default));
        Assert.Equal(2, server.Control.CyclesAsked);
    }

    [Fact]
    public async Task A_refused_order_comes_with_the_reason()
    {
        await using RunningServer server = await RunningServer.StartAsync(null);
        server.Control.OnRollback = _ => throw new ControlRefusedException("v2 was pruned");
        using ControlClient client = new(server.Directory);

        ControlRefusedException refused = await Assert.ThrowsAsync<ControlRefusedException>(
            () => client.RollbackAsync(new RollbackRequest(new ModelVersion(2), ReplayRollback.Keep, "r", [], false), default));

        Assert.Equal("v2 was pruned", refused.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer ")]
    [InlineData("Bearer 0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("Basic dG9rZW4=")]
    public async Task Orders_without_the_token_change_nothing(string? authorization)
    {
        await using RunningServer server = await RunningServer.StartAsync(null);
        foreach (string path in (string[])["/control/rollback", "/control/forget", "/control/cycle"])
        {
            using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(Rollback, Encoding.UTF8, "application/json") };
            if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using HttpResponseMessage response = await server.Socket.SendAsync(request);

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Contains("invalid_token", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(server.Control.Orders);
        Assert.Equal(0, server.Control.CyclesAsked);
    }

    [Theory]
    [InlineData("GET", "/control/status")]
    [InlineData("GET", "/control/versions")]
    [InlineData("POST", "/control/rollback")]
    [InlineData("POST", "/control/forget")]
    [InlineData("POST", "/control/cycle")]
    public async Task Over_tcp_there_is_no_control_even_with_the_token(string method, string path)
    {
        await using RunningServer server = await RunningServer.StartAsync(null);
        using HttpRequestMessage request = new(new HttpMethod(method), path) { Content = new StringContent(Rollback, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(server.TokenPath)).Trim());

        using HttpResponseMessage response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(server.Control.Orders);
    }

    [Fact]
    public async Task Status_is_read_over_tcp_too()
    {
        await using RunningServer server = await RunningServer.StartAsync(null);

        JsonElement status = JsonDocument.Parse(await server.Http.GetStringAsync(new Uri("/status", UriKind.Relative))).RootElement;

        Assert.Equal("healthy", status.GetProperty("health").GetString());
        Assert.Equal("v2", status.GetProperty("serving").GetString());
        Assert.Equal("hold", status.GetProperty("lastVerdict").GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("""{"to":2,"replay":"keep","reason":" ","denied":[],"dryRun":false}""", "reason")]
    [InlineData("""{"to":2,"replay":"burn","reason":"r","denied":[],"dryRun":false}""", "replay")]
    [InlineData("""{"to":0,"replay":"keep","reason":"r","denied":[],"dryRun":false}""", "not a version")]
    [InlineData("""{"to":2,"replay":"rewind","reason":"r","denied":[{"topic":"t","partition":0,"from":9,"to":5}],"dryRun":false}""", "ends before")]
    [InlineData("not json", "no order")]
    public async Task A_bent_order_is_refused_before_it_reaches_the_agent(string body, string says)
    {
        await using RunningServer server = await RunningServer.StartAsync(null);
        using HttpRequestMessage request = new(HttpMethod.Post, "/control/rollback") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(server.TokenPath)).Trim());

        using HttpResponseMessage response = await server.Socket.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(says, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(server.Control.Orders);
    }

    [Fact]
    public async Task A_state_directory_too_deep_for_a_socket_has_no_daemon()
    {
        using ControlClient client = new(Path.Combine(Path.GetTempPath(), new string('x', 150)));
        await Assert.ThrowsAsync<NoDaemonException>(() => client.StatusAsync(default));
    }

    [Fact]
    public async Task Without_a_daemon_the_client_says_so()
    {
        string directory = RunningServer.NewDirectory();
        using ControlClient client = new(directory);

        NoDaemonException never = await Assert.ThrowsAsync<NoDaemonException>(() => client.StatusAsync(default));
        LeaveStaleSocket(directory);
        NoDaemonException died = await Assert.ThrowsAsync<NoDaemonException>(() => client.TriggerCycleAsync(default));

        Assert.Equal($"no daemon is running on the state directory {directory}", never.Message);
        Assert.Equal(never.Message, died.Message);
        Assert.False(await client.IsRunningAsync(default));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_socket_left_by_a_dead_daemon_is_replaced()
    {
        string directory = RunningServer.NewDirectory();
        LeaveStaleSocket(directory);

        await using RunningServer server = await RunningServer.StartAsync(null, directory: directory);
        using ControlClient client = new(directory);

        Assert.True(await client.IsRunningAsync(default));
    }

    [Fact]
    public async Task A_second_server_on_a_living_socket_is_refused_and_harms_nothing()
    {
        await using RunningServer first = await RunningServer.StartAsync(null);
        using ControlClient client = new(first.Directory);

        ServingStartException refused = await Assert.ThrowsAsync<ServingStartException>(() => RunningServer.StartAsync(null, directory: first.Directory));

        Assert.Contains("another daemon answers", refused.Message, StringComparison.Ordinal);
        Assert.True(await client.IsRunningAsync(default));
    }

    [Fact]
    public async Task A_file_of_somebody_else_in_the_sockets_place_is_not_deleted()
    {
        string directory = RunningServer.NewDirectory();
        string path = Path.Combine(directory, "control.sock");
        await File.WriteAllTextAsync(path, "precious");

        await Assert.ThrowsAsync<ServingStartException>(() => RunningServer.StartAsync(null, directory: directory));

        Assert.Equal("precious", await File.ReadAllTextAsync(path));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task The_socket_goes_with_the_server_and_the_token_stays()
    {
        string directory = RunningServer.NewDirectory();
        RunningServer server = await RunningServer.StartAsync(null, directory: directory);
        string token = await File.ReadAllTextAsync(server.TokenPath);

        await server.Server.StopAsync(default);
        await server.Server.DisposeAsync();

        Assert.False(File.Exists(server.SocketPath));
        await using RunningServer next = await RunningServer.StartAsync(null, directory: directory);
        Assert.Equal(token, await File.ReadAllTextAsync(next.TokenPath));
        server.Host.Dispose();
        server.Http.Dispose();
        server.Socket.Dispose();
    }

    [Fact]
    public async Task A_token_that_others_could_read_is_replaced()
    {
        string directory = RunningServer.NewDirectory();
        string path = Path.Combine(directory, "token"), exposed = new('a', 64);
        await File.WriteAllTextAsync(path, exposed);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        await using RunningServer server = await RunningServer.StartAsync(null, directory: directory);

        Assert.NotEqual(exposed, (await File.ReadAllTextAsync(path)).Trim());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task A_token_file_that_holds_no_token_stops_the_start_and_says_what_to_do()
    {
        string directory = RunningServer.NewDirectory();
        string path = Path.Combine(directory, "token");
        await File.WriteAllTextAsync(path, "torn");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        ServingStartException refused = await Assert.ThrowsAsync<ServingStartException>(() => RunningServer.StartAsync(null, directory: directory));

        Assert.Contains("delete it", refused.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void A_state_directory_too_deep_for_a_socket_is_refused_with_the_lengths()
    {
        ServingStartException refused = Assert.Throws<ServingStartException>(() => ServingPlan.Of(new ServingOptions(), "/tmp/" + new string('d', 120)));

        Assert.Contains("has 138 bytes, the system allows 107", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_the_address()
    {
        await using RunningServer first = await RunningServer.StartAsync(null);
        ServingOptions options = new() { Listen = $"127.0.0.1:{first.Server.Address.Port}" };
        string directory = RunningServer.NewDirectory();
        using EmbedderHost host = new(options, TimeProvider.System, NullLoggerFactory.Instance);
        await using ServingServer second = new(
            ServingPlan.Of(options, directory), host, FakeCodecs.Both, new FakeControl(), TimeProvider.System, NullLoggerFactory.Instance);

        ServingStartException refused = await Assert.ThrowsAsync<ServingStartException>(() => second.StartAsync(default));

        Assert.Contains(options.Listen, refused.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Connections_over_tcp_leave_the_socket_its_own()
    {
        await using RunningServer server = await RunningServer.StartAsync(null, new ServingOptions { ConnectionsMax = 1 });
        using TcpClient held = new();
        await held.ConnectAsync(server.Server.Address.Host, server.Server.Address.Port);
        await held.GetStream().WriteAsync("GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Assert.True(await held.GetStream().ReadAsync(new byte[100]) > 0);
        using ControlClient client = new(server.Directory);

        Assert.Equal(AgentHealth.Healthy, (await client.StatusAsync(default)).Health);
    }

    private static string Json(AgentStatus status) => JsonSerializer.Serialize(status, DomainJson.Default.AgentStatus);

    private static void LeaveStaleSocket(string directory)
    {
        // Closing a socket that .NET bound removes the file, so the file is made a second name of first.
        string path = Path.Combine(directory, "control.sock"), bound = Path.Combine(directory, "bound.sock");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(bound));
        File.Move(bound, path);
    }
}
