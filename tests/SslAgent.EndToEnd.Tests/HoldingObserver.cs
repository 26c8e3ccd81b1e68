using System.Threading.Channels;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Holds the learner thread at the beginning of each cycle until it is let go: a cycle is then on for as long as a test wants.</summary>
internal sealed class HoldingObserver : IAgentObserver, IDisposable
{
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _started = Channel.CreateUnbounded<string>();

    /// <summary>Waits for the next cycle to begin; gives what triggered it.</summary>
    public async Task<string> NextTriggerAsync(CancellationToken cancellation) => await _started.Reader.ReadAsync(cancellation);

    /// <summary>From here on no cycle is held.</summary>
    public void LetGo() => _letGo.TrySetResult();

    public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax)
    {
        _started.Writer.TryWrite(trigger);
        _letGo.Task.Wait();
    }

    public void OnIngested(IngestCounts counts) { }

    public void OnDurable(IReadOnlyList<PartitionPosition> positions) { }

    public void OnOffsetsTold() { }

    public void OnStep(StepReport report) { }

    public void OnProbing(CycleNumber cycle) { }

    public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict) { }

    public void OnVersionPublished(VersionManifest manifest) { }

    public void OnProblem(string sentence) { }

    public void Dispose() => LetGo();
}
