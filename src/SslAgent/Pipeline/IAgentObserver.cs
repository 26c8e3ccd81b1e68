using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>What ingest has done since the daemon started.</summary>
/// <param name="BufferBytes">Bytes of content in the replay buffer.</param>
/// <param name="JournalPosition">Sequence number of the next journal record.</param>
internal readonly record struct IngestCounts(
    long FramesAdmitted, long TextsAdmitted, long PairsAdmitted, long SentinelsAdmitted, long Rejected, long Skipped,
    int BufferFrames, int BufferTexts, int BufferPairs, long BufferBytes, long JournalPosition);

/// <summary>
/// Who wants to watch the daemon at work: the demo's live view, tests. Called from the ingest thread and from the learner thread, so
/// every method returns at once, never throws and is safe to call from any thread. Registered by the head; outlives the agent.
/// </summary>
internal interface IAgentObserver
{
    /// <summary>Ingest thread, after each group commit: totals, not differences.</summary>
    void OnIngested(IngestCounts counts);

    /// <summary>Ingest thread, in a group commit: the journal is on the medium, and Kafka is told next.</summary>
    void OnDurable(IReadOnlyList<PartitionPosition> positions);

    /// <summary>Ingest thread, in a group commit: Kafka's client was told how far it may commit.</summary>
    void OnOffsetsTold();

    /// <summary>Learner thread: the view is frozen and training begins. <paramref name="stepsMax"/> is the plan's step budget.</summary>
    void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax);

    /// <summary>Learner thread, whenever losses were read from the device (every few steps).</summary>
    void OnStep(StepReport report);

    /// <summary>Learner thread: training is over, the held-out probes run.</summary>
    void OnProbing(CycleNumber cycle);

    /// <summary>Learner thread: the verdict is durable. The version may still be on its way to disk.</summary>
    void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict);

    /// <summary>Saving thread: a version (of a cycle or of a rollback) is on disk and the pointers have moved.</summary>
    void OnVersionPublished(VersionManifest manifest);

    /// <summary>Any thread: something that an operator should look at, one sentence.</summary>
    void OnProblem(string sentence);
}

/// <summary>Watches nothing.</summary>
internal sealed class NoObserver : IAgentObserver
{
    public static NoObserver Instance { get; } = new();

    private NoObserver() { }

    public void OnIngested(IngestCounts counts) { }

    public void OnDurable(IReadOnlyList<PartitionPosition> positions) { }

    public void OnOffsetsTold() { }

    public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax) { }

    public void OnStep(StepReport report) { }

    public void OnProbing(CycleNumber cycle) { }

    public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict) { }

    public void OnVersionPublished(VersionManifest manifest) { }

    public void OnProblem(string sentence) { }
}
