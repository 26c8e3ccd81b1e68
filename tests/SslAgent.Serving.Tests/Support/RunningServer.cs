using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Serving.Inference;

namespace SslAgent.Serving.Tests.Support;

/// <summary>A real server on a free port and a real Unix socket, in a state directory of its own that goes when it does.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private RunningServer(string directory, ServingServer server, EmbedderHost host, FakeControl control)
    {
        (Directory, Server, Host, Control) = (directory, server, host, control);
        Http = new HttpClient { BaseAddress = server.Address, Timeout = Patience.Long };
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellation) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        Socket = new HttpClient(handler) { BaseAddress = new Uri("http://localhost"), Timeout = Patience.Long };
    }

    public string Directory { get; }

    public ServingServer Server { get; }

    public EmbedderHost Host { get; }

    public FakeControl Control { get; }

    /// <summary>A client of the TCP address.</summary>
    public HttpClient Http { get; }

    /// <summary>A client of the control socket.</summary>
    public HttpClient Socket { get; }

    public string SocketPath => Path.Combine(Directory, "control.sock");

    public string TokenPath => Path.Combine(Directory, "token");

    public static string NewDirectory() => System.IO.Directory.CreateTempSubdirectory("serving-").FullName;

    public static async Task<RunningServer> StartAsync(
        IEmbedder? embedder, ServingOptions? options = null, string? directory = null, TimeProvider? time = null)
    {
        directory ??= NewDirectory();
        ServingOptions resolved = (options ?? new ServingOptions { BatchWait = TimeSpan.Zero }) with { Listen = "127.0.0.1:0" };
        Assert.Empty(resolved.Faults());
        FakeControl control = new();
        EmbedderHost host = new(resolved, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        _ = host.Swap(embedder);
        ServingServer server = new(
            ServingPlan.Of(resolved, directory), host, FakeCodecs.Both, control, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        await server.StartAsync(CancellationToken.None);
        return new RunningServer(directory, server, host, control);
    }

    public Task<HttpResponseMessage> EmbedAsync(string body) =>
        Http.PostAsync(new Uri("/v1/embeddings", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));

    public async Task<JsonElement> EmbedOkAsync(string body)
    {
        using HttpResponseMessage response = await EmbedAsync(body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Socket.Dispose();
        await Server.StopAsync(CancellationToken.None);
        await Server.DisposeAsync();
        Host.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
