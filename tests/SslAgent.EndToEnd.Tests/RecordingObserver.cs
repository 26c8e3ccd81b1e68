using System.Threading.Channels;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Keeps what the agent reports, so that a test waits for events and never for time.</summary>
internal sealed class RecordingObserver : IAgentObserver
{
    private readonly Channel<VersionManifest> _versions = Channel.CreateUnbounded<VersionManifest>();
    private readonly Channel<CycleNumber> _started = Channel.CreateUnbounded<CycleNumber>();
    private readonly Channel<StepReport> _steps = Channel.CreateUnbounded<StepReport>();
    private readonly Channel<IngestCounts> _counts = Channel.CreateUnbounded<IngestCounts>();

    private readonly Channel<IReadOnlyList<PartitionPosition>> _durable = Channel.CreateUnbounded<IReadOnlyList<PartitionPosition>>();
    private readonly Channel<string> _problems = Channel.CreateUnbounded<string>();

    public List<string> Problems { get; } = [];

    public void OnDurable(IReadOnlyList<PartitionPosition> positions) => _durable.Writer.TryWrite(positions);

    public void OnOffsetsTold() { }

    public void OnIngested(IngestCounts counts) => _counts.Writer.TryWrite(counts);

    public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax) => _started.Writer.TryWrite(cycle);

    public void OnStep(StepReport report) => _steps.Writer.TryWrite(report);

    public void OnProbing(CycleNumber cycle) { }

    public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict) { }

    public void OnVersionPublished(VersionManifest manifest) => _versions.Writer.TryWrite(manifest);

    public void OnProblem(string sentence)
    {
        lock (Problems) Problems.Add(sentence);
        _problems.Writer.TryWrite(sentence);
    }

    /// <summary>The first problem for which the condition holds.</summary>
    public async Task<string> ProblemAsync(Func<string, bool> where, CancellationToken cancellation)
    {
        try
        {
            await foreach (string problem in _problems.Reader.ReadAllAsync(cancellation))
            {
                if (where(problem)) return problem;
            }
        }
        catch (OperationCanceledException)
        {
            lock (Problems) throw new TimeoutException($"no such problem came; there were {(Problems.Count == 0 ? "none" : string.Join("; ", Problems))}");
        }

        throw new InvalidOperationException("the agent ended");
    }

    /// <summary>Returns at the first group commit after which the condition holds.</summary>
    public async Task DurableAsync(Func<IReadOnlyList<PartitionPosition>, bool> where, CancellationToken cancellation)
    {
        await foreach (IReadOnlyList<PartitionPosition> positions in _durable.Reader.ReadAllAsync(cancellation))
        {
            if (where(positions)) return;
        }
    }

    public async Task<VersionManifest> NextVersionAsync(CancellationToken cancellation) => await _versions.Reader.ReadAsync(cancellation);

    public async Task<CycleNumber> NextCycleAsync(CancellationToken cancellation) => await _started.Reader.ReadAsync(cancellation);

    public async Task<StepReport> NextStepAsync(CancellationToken cancellation) => await _steps.Reader.ReadAsync(cancellation);

    /// <summary>One that was told and not yet taken, or null.</summary>
    public StepReport? TryNextStep() => _steps.Reader.TryRead(out StepReport? step) ? step : null;

    /// <summary>The first counts for which the condition holds.</summary>
    public async Task<IngestCounts> CountsAsync(Func<IngestCounts, bool> where, CancellationToken cancellation)
    {
        await foreach (IngestCounts counts in _counts.Reader.ReadAllAsync(cancellation))
        {
            if (where(counts)) return counts;
        }

        throw new InvalidOperationException("the agent ended");
    }
}
