using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Serving.Control;
using SslAgent.Serving.Embeddings;
using SslAgent.Serving.Health;
using SslAgent.Serving.Http;
using SslAgent.Serving.Inference;
using SslAgent.Serving.Metrics;

namespace SslAgent.Serving;

/// <summary>
/// The daemon's one HTTP server: Kestrel on a TCP address for everybody and on <c>control.sock</c> for its owner. The head starts it inside its
/// own host, stops and disposes it, holds the state directory's lock all the while, and owns what it is given. Reads nothing from the
/// environment; signals are the head's.
/// </summary>
public sealed class ServingServer : IAsyncDisposable
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    private readonly ServingPlan _plan;
    private readonly EmbedderHost _embedders;
    private readonly ServingCodecs _codecs;
    private readonly IAgentControl _control;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly List<IDisposable> _owned = [];
    private WebApplication? _application;

    public ServingServer(
        ServingPlan plan, EmbedderHost embedders, ServingCodecs codecs, IAgentControl control, TimeProvider time, ILoggerFactory logs)
    {
        _plan = plan;
        _embedders = embedders;
        _codecs = codecs;
        _control = control;
        _time = time;
        _logs = logs;
        _log = logs.CreateLogger<ServingServer>();
    }

    /// <summary>Where the HTTP interface listens, with the port that it got. After the start.</summary>
    public Uri Address { get; private set; } = new("http://localhost:0");

    /// <summary>
    /// Listens, and starts the inference thread. Throws <see cref="ServingStartException"/> with the reason where it cannot.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Check.That(_application is null, "a server starts once");
        TokenFile token = OpenToken();
        WebApplication application = Build();
        Router router = new(Routes(), new HostGuard(_plan.IsRemote), token, _log);
        application.Run(router.HandleAsync);
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (IOException failed) when (failed is not ServingStartException)
        {
            await application.DisposeAsync();
            throw new ServingStartException($"cannot listen on {_plan.Listen}: {failed.Message}", failed);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        _application = application;
        _embedders.Start();
        Address = TcpAddress(application);
        ServingLog.Listening(_log, Address.ToString(), _plan.ControlSocket);
        if (_plan.IsRemote) ServingLog.Remote(_log, Address.ToString());
    }

    /// <summary>Takes no more requests and lets those that are under way finish, for some seconds at most.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_application is { } application) await application.StopAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is { } application)
        {
            await application.DisposeAsync();
            File.Delete(_plan.ControlSocket);
        }

        foreach (IDisposable owned in _owned) owned.Dispose();
        _owned.Clear();
    }

    private TokenFile OpenToken()
    {
        try
        {
            return TokenFile.Open(_plan.TokenFile, _log);
        }
        catch (Exception failed) when (failed is UnauthorizedAccessException or IOException and not ServingStartException)
        {
            throw new ServingStartException($"the token file {_plan.TokenFile} cannot be made: {failed.Message}", failed);
        }
    }

    private List<Route> Routes()
    {
        MetricsCollector metrics = new(MetricsCollector.IsOurs, _log);
        AgentMetrics agent = new(_control);
        InputDecoder decoder = new(_codecs.Frames, _codecs.Texts, _plan.Options.PictureBytesMax);
        EmbeddingsEndpoint embeddings = new(_plan.Options, _embedders, decoder, _time);
        _owned.AddRange([embeddings, metrics, agent, new ProcessMetrics()]);
        return
        [
            embeddings.Route,
            .. new ModelsEndpoint(_embedders).Routes,
            .. new HealthEndpoints(_control, _embedders, _plan.Options.StallAfter).Routes,
            .. new ControlEndpoints(_control, _log).Routes,
            new("GET", "/metrics", RouteAccess.Public, (context, _) => ScrapeAsync(context, metrics, agent)),
        ];
    }

    private static Task ScrapeAsync(HttpContext context, MetricsCollector metrics, AgentMetrics agent)
    {
        agent.Refresh();
        return Answers.Bytes(context, Encoding.UTF8.GetBytes(metrics.Scrape()), PrometheusText.ContentType);
    }

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "sslagent" });
        builder.Services.AddSingleton<ILoggerFactory>(new FrameworkLogs(_logs));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainMax);
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = Bind);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        return builder.Build();
    }

    private Socket Bind(EndPoint endPoint) => endPoint is UnixDomainSocketEndPoint unix
        ? ControlSocket.Bind(unix, _plan.ControlSocket)
        : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = _plan.Options.RequestBytesMax;
        kestrel.Limits.MaxConcurrentConnections = _plan.Options.ConnectionsMax;
        kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Listen(_plan.Listen);
        kestrel.ListenUnixSocket(_plan.ControlSocket, ControlConnection.MarkAll);
    }

    private static Uri TcpAddress(WebApplication application)
    {
        IServerAddressesFeature? addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        string? tcp = addresses?.Addresses.FirstOrDefault(address => !address.Contains("unix:", StringComparison.Ordinal));
        return new Uri(Check.NotNull(tcp, "a server that listens has an address"));
    }

    /// <summary>Signals and the end of the process are the head's business.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>How bytes from outside become frames and texts: the very codecs that read the stream.</summary>
public sealed record ServingCodecs(IFrameCodec Frames, ITextCodec Texts);
