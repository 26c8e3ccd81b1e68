using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Serving;
using SslAgent.Serving.Inference;

namespace SslAgent.Tests.Commands.Support;

/// <summary>A real server on a state directory, with a head that only notes what it is told and an embedder that counts letters.</summary>
internal sealed class FakeDaemon : IAgentControl, IFrameCodec, ITextCodec, IAsyncDisposable
{
    private readonly EmbedderHost _host;
    private readonly ServingServer _server;

    private FakeDaemon(string stateDirectory)
    {
        ServingOptions options = new() { Listen = "127.0.0.1:0", BatchWait = TimeSpan.Zero };
        _host = new EmbedderHost(options, TimeProvider.System, NullLoggerFactory.Instance);
        _ = _host.Swap(new LetterCounter(2));
        _server = new ServingServer(
            ServingPlan.Of(options, stateDirectory), _host, new ServingCodecs(this, this), this, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public AgentHealth Health { get; set; } = AgentHealth.Healthy;

    /// <summary>False as in a daemon of a release that passes over the word.</summary>
    public bool CanAccept { get; set; } = true;

    public List<RollbackRequest> Orders { get; } = [];

    public List<ForgetRequest> Forgotten { get; } = [];

    public string Listen => $"127.0.0.1:{_server.Address.Port}";

    public static async Task<FakeDaemon> StartAsync(string stateDirectory)
    {
        FakeDaemon daemon = new(stateDirectory);
        await daemon._server.StartAsync(TestContext.Current.CancellationToken);
        return daemon;
    }

    public AgentStatus Status() => new(
        Health, ["the disk is slow"], new ModelVersion(3), new ModelVersion(2), new Verdict(VerdictKind.Hold, []), new CycleNumber(4), 17, 4711, 1 << 20, 4000, 40, 3, 2,
        100, 200, 50, 60, 1L << 33, DateTimeOffset.FromUnixTimeSeconds(1_790_000_000), [new PartitionStatus("frames", 0, 0, 99, null, 80, null)])
    {
        Surprises = [new SourceSurprise("cam-1", 0.25, 300), new SourceSurprise("cam-2", 1.5, 40)],
    };

    public IReadOnlyList<VersionManifest> Versions() => [];

    public Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation)
    {
        Orders.Add(request);
        if (request.To == new ModelVersion(3)) throw new ControlRefusedException("v3 was rejected");
        return Task.FromResult(new RollbackEffect(
            new ModelVersion(2), request.To, request.DryRun ? null : new ModelVersion(4), [new ModelVersion(2)], 150, 123, 0, "v2 → v1: 123 samples leave the buffer")
        {
            Accepts = request.Accept && CanAccept,
        });
    }

    public Task<ForgetEffect> ForgetAsync(ForgetRequest request, CancellationToken cancellation)
    {
        Forgotten.Add(request);
        if (request.Source == "nobody") throw new ControlRefusedException("there is no version yet");
        string? left = request.Source == "stuck" && !request.DryRun ? "2 journal segments still hold some of them" : null;
        return Task.FromResult(new ForgetEffect(
            request.DryRun ? null : new ModelVersion(4), 12, 34, [new ModelVersion(1), new ModelVersion(2)], left, "34 samples leave the journal"));
    }

    public List<ResumeRequest> Resumed { get; } = [];

    public ResumeEffect Resume(ResumeRequest request)
    {
        Resumed.Add(request);
        if (request.Reason == "none") throw new ControlRefusedException("nothing to resume from");
        return new ResumeEffect(true, 5, "training was paused");
    }

    public bool TriggerCycle() => true;

    public FrameDecoding Decode(ReadOnlyMemory<byte> encoded) => new(new Frame(1, 1, [encoded.Span[0], 0, 0]), null);

    public byte[] EncodePng(Frame frame) => throw new NotSupportedException("nobody asks for pictures");

    TextDecoding ITextCodec.Decode(ReadOnlyMemory<byte> utf8) =>
        utf8.Length > 0 ? new TextDecoding(new Text(utf8.ToArray()), null) : new TextDecoding(null, new Rejection("text", "the text is empty"));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _host.Dispose();
    }

    private sealed class LetterCounter(int version) : IEmbedder
    {
        public ModelVersion Version { get; } = new(version);

        public int? Width(EmbeddingSpace space) => 2;

        public int CountTokens(Text text) => 1;

        public float[][] Embed(EmbeddingSpace space, IReadOnlyList<EmbeddingInput> inputs) =>
            [.. inputs.Select(input => new float[] { input.Text?.Utf8.Length ?? input.Frame?.Rgb[0] ?? 0, Version.Number })];

        public void Dispose()
        {
        }
    }
}
