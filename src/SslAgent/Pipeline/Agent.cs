using Microsoft.Extensions.Logging;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Kafka;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// The daemon, whole: starts, answers for itself, stops. What it is made of is <see cref="AgentParts"/>. The same for <c>sslagent run</c>,
/// the demo and tests. Orders may come from any thread.
/// </summary>
internal sealed class Agent(
    AgentSettings settings, IAgentObserver observer, TimeProvider time, IDisk disk, LoopHealth health, ILoggerFactory logs)
    : IAgentControl, IAsyncDisposable
{
    private static readonly TimeSpan SaveDrainMax = TimeSpan.FromSeconds(20);

    private readonly ILogger _log = logs.CreateLogger<Agent>();
    private AgentParts? _parts;
    private volatile bool _isStopping;
    private int _failed;

    /// <summary>Raised once when a loop ended by a fault: the daemon cannot go on.</summary>
    public event Action<Exception>? Failed;

    /// <summary>Why the daemon could not go on, or null.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Where messages come from, given what the journal has already; null for Kafka.</summary>
    public Func<IPartitionPositions, KafkaOptions, IStreamReader>? Source { get; init; }

    /// <summary>Whether the learner has something to do.</summary>
    public bool IsTraining => Parts.Learner.IsBusy || !Parts.Learner.HasCaughtUp;

    /// <summary>Whether it was told to stop: no cycle begins any more.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Where the HTTP interface listens. After the start.</summary>
    public Uri Address => Parts.Server.Address;

    /// <summary>One line for the service manager.</summary>
    public string Summary => $"serving {Parts.Store.Serving?.ToString() ?? "nothing yet"} on {Address}";

    internal AgentParts Parts => _parts ?? throw new ControlRefusedException("the agent is starting");

    /// <summary>Recovers the state, then listens, learns and reads. Throws with the reason where it cannot; nothing is left open then.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        AgentParts parts = await AgentParts.OpenAsync(settings, this, new AgentSurroundings(observer, time, disk, health, logs) { Source = Source });
        try
        {
            parts.Learner.Failed += OnFailed;
            parts.Ingest.Failed += OnFailed;
            await parts.Server.StartAsync(cancellation);
            _parts = parts;
            parts.Learner.Start(parts.Unfinished);
            parts.DeadLetters?.Start();
            parts.Ingest.Start();
            HeadLog.Ready(_log, parts.Server.Address, string.Join(", ", settings.Kafka.Topics));
        }
        catch
        {
            _parts = null;
            await parts.DisposeAsync();
            throw;
        }
    }

    /// <summary>Finishes the step and writes a resume point, makes what was read durable, lets saves and requests under way end.</summary>
    public async Task StopAsync()
    {
        if (_parts is not { } parts || _isStopping) return;
        _isStopping = true;
        HeadLog.Stopping(_log);
        Task ingest = parts.Ingest.StopAsync();
        await parts.Learner.StopAsync();
        await ingest;
        if (parts.DeadLetters is { } deadLetters) await deadLetters.StopAsync();
        await parts.Server.StopAsync(CancellationToken.None);
        await DrainAsync(parts);
        await parts.DisposeAsync();
        HeadLog.Stopped(_log);
    }

    /// <summary>A timer says that it is time for a cycle. True where one began.</summary>
    public Task<bool> FireAsync(string trigger) => _isStopping ? Task.FromResult(false) : Parts.Triggers.Fire(trigger);

    /// <summary>A timer says that it is time to read the stored bytes through. Null where that is on already or was not finished.</summary>
    public Task<ScrubSummary?> ScrubAsync(CancellationToken cancellation) => Parts.Scrub.RunAsync(cancellation);

    public AgentStatus Status() => _parts is { } parts
        ? StatusOf.Now(parts, health, _isStopping)
        : StatusOf.Starting(time.GetUtcNow());

    /// <summary>Everything that was decided, from the journal's beginning.</summary>
    public IReadOnlyList<NumberedRecord> Decisions() => Parts.Ledger.Decisions();

    /// <summary>How far the journal has each partition, durable or not.</summary>
    public IPartitionPositions Positions => Parts.Ledger;

    public IReadOnlyList<VersionManifest> Versions() => Parts.Store.List();

    public Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation) =>
        request.DryRun ? Task.FromResult(Parts.Rollbacks.Preview(request)) : Parts.Learner.RollBack(request).WaitAsync(cancellation);

    public Task<ForgetEffect> ForgetAsync(ForgetRequest request, CancellationToken cancellation) =>
        request.DryRun ? Task.FromResult(Parts.Forgetting.Preview(request)) : Parts.Learner.Forget(request).WaitAsync(cancellation);

    public ResumeEffect Resume(ResumeRequest request)
    {
        ResumeEffect effect = Parts.Ledger.Resume(request.Reason);
        HeadLog.TrainingResumed(_log, $"{effect.Summary} ({request.Reason})");
        return effect;
    }

    public bool TriggerCycle()
    {
        AgentParts parts = Parts;
        if (parts.Learner.IsBusy || !parts.Ledger.CanBegin) return false;
        _ = parts.Triggers.Fire("operator");
        return true;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task DrainAsync(AgentParts parts)
    {
        using CancellationTokenSource limit = new(SaveDrainMax, parts.Time);
        try
        {
            await parts.Saves.DrainAsync(limit.Token);
            // What follows a save (serving, retiring) writes too: not after the lock is given up.
            await parts.Publisher.DrainAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A disk that fails or crawls: the journal has what is needed to make the version at the next start.
        }
    }

    private void OnFailed(Exception fault)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 1) return;
        Fault = fault;
        Failed?.Invoke(fault);
    }
}
