using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Serilog.Core;
using SslAgent.Checkpoints;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Hosting;
using SslAgent.Ingest;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Producing;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Demo;

/// <summary>
/// The whole demo, in this order:
/// <code>
/// (1) embedded broker ─ (2) the daemon on a fresh state ─ (3) stream and watch, until the time is over and no cycle is on
///   ─ (4) roll back ─ (5) stop ─ (6) exam on held-out data ─ (7) contact sheet and report
/// </code>
/// </summary>
internal sealed class DemoRun(DemoFolder folder, TimeSpan length, IReadOnlyList<string> sets, TimeProvider time)
{
    /// <summary>Share of the demo in which something streams; in the rest the agent goes on learning from what it remembers.</summary>
    private const double StreamShare = 0.6;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250), LastCycleMax = TimeSpan.FromSeconds(40);

    private readonly IReadOnlyList<EmojiPair> _pairs = EmojiSet.Load(AssetsFolder.Emoji);
    private readonly IReadOnlyList<LogSet> _logs = LogSet.Load(AssetsFolder.Logs);

    public DemoBoard Board { get; } = new(time);

    /// <param name="watch">Shows the board while it runs; ends when its token is cancelled.</param>
    public async Task<(DemoResult Result, RollbackEffect? Rollback)> RunAsync(Func<CancellationToken, Task> watch, CancellationToken cancellation)
    {
        using EmbeddedBroker broker = new(); // (1)
        AgentSettings settings = DemoSettings.Load(broker.BootstrapServers, folder, seed: 1, sets);
        using Logger logger = LoggingSetup.Create(settings.Logging, settings.Agent.StateDirectory, toConsole: false);
        RollbackEffect? rollback;
        ModelVersion served;
        using (IHost host = AgentHost.Build(settings, logger, Board, LocalDisk.Instance, time))
        {
            await StartAsync(host, cancellation); // (2)
            Agent agent = host.Services.GetRequiredService<Agent>();
            try
            {
                await WatchAsync(settings, agent, watch, cancellation); // (3)
                served = agent.Status().Serving ?? throw new CommandException(ExitCode.Failed, "no version was promoted: see the verdicts above, and give it more time with --minutes");
                rollback = await RollBackAsync(agent, served, cancellation); // (4)
            }
            finally
            {
                await host.StopAsync(CancellationToken.None); // (5)
            }
        }

        VersionStore store = VersionStore.Open(LocalDisk.Instance, new StateDirectory(folder.State).Versions, StoreAccess.ReadOnly, time, NullLogger.Instance);
        DemoResult result = await new DemoExam(_pairs, _logs, settings.Replay, time).SitAsync(store, served); // (6)
        DemoReport.Write(folder, result, store.List(), rollback, new VipsFrameCodec(new FrameOptions())); // (7)
        return (result, rollback);
    }

    private static async Task StartAsync(IHost host, CancellationToken cancellation)
    {
        try
        {
            await host.StartAsync(cancellation);
        }
        catch (Exception fault) when (StartFaults.Explain(fault) is { } refusal)
        {
            throw refusal;
        }
    }

    private async Task WatchAsync(AgentSettings settings, Agent agent, Func<CancellationToken, Task> watch, CancellationToken cancellation)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using MessageProducer producer = new(settings.Kafka, time, NullLogger<MessageProducer>.Instance);
        DemoStream stream = new(DemoTimeline.Of(_pairs, _logs, length * StreamShare), new VipsFrameCodec(new FrameOptions()), Board, time);
        long began = time.GetTimestamp();
        Task<ProduceProgress> sending = producer.SendAsync(stream.Messages(over.Token), perSecond: null, progress: null, over.Token);
        Task watching = watch(over.Token);
        while (!IsOver(time.GetElapsedTime(began), agent)) await Task.Delay(Glance, time, cancellation);
        await over.CancelAsync();
        await EndAsync(watching);
        await EndAsync(sending);
    }

    /// <summary>At the end of the time a cycle that is on may finish and be saved: its version is part of the story.</summary>
    private bool IsOver(TimeSpan elapsed, Agent agent)
    {
        if (agent.Fault is { } fault) throw new CommandException(ExitCode.Failed, $"the agent ended by a fault: {fault.Message}");
        if (elapsed < length) return false;
        BoardSnapshot board = Board.Snapshot();
        bool isSaved = board.Cycles.Count == 0 || board.Versions.Any(version => version.Version == board.Cycles[^1].Version);
        return (board.Running is null && isSaved) || elapsed >= length + LastCycleMax;
    }

    private static async Task EndAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    /// <summary>Back to the version promoted before the one that is served, while everything runs; null where there is no other.</summary>
    private static async Task<RollbackEffect?> RollBackAsync(Agent agent, ModelVersion served, CancellationToken cancellation)
    {
        VersionManifest? earlier = agent.Versions()
            .Where(manifest => manifest.Version < served && manifest.Verdict.Kind == VerdictKind.Promote)
            .MaxBy(manifest => manifest.Version);
        if (earlier is null) return null;
        RollbackRequest request = new(earlier.Version, ReplayRollback.DropSince, "the demo shows the way back", [], DryRun: false);
        return await agent.RollbackAsync(request, cancellation);
    }
}
