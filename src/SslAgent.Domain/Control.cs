namespace SslAgent.Domain;

/// <summary>An operator's order to go back to an earlier version.</summary>
/// <param name="DryRun">Only say what would happen.</param>
public sealed record RollbackRequest(
    ModelVersion To, ReplayRollback Replay, string Reason, IReadOnlyList<DeniedRange> Denied, bool DryRun)
{
    /// <summary>That version was held, and the operator finds it well: it is served, and is what later versions are held against. The replay buffer is kept.</summary>
    public bool Accept { get; init; }
}

/// <summary>What a rollback did, or would do.</summary>
/// <param name="Published">The new version, or null after a dry run.</param>
/// <param name="Left">Versions whose learning is left behind, newest first.</param>
/// <param name="SamplesUnlearned">Training samples admitted since the version gone back to: what its weights know nothing of.</param>
/// <param name="SamplesDropped">Samples that leave the replay buffer, or with a rewind are never learned again.</param>
/// <param name="SamplesFresh">With a rewind: samples that are learned again.</param>
public sealed record RollbackEffect(
    ModelVersion From, ModelVersion To, ModelVersion? Published, IReadOnlyList<ModelVersion> Left, long SamplesUnlearned, long SamplesDropped,
    long SamplesFresh, string Summary)
{
    /// <summary>The version gone back to is, or would be, served though it had been held. A daemon of a release that cannot accept says no.</summary>
    public bool Accepts { get; init; }
}

/// <summary>An operator's order to take samples out of replay buffer and journal for good: of one source, or older than a moment, or both.</summary>
/// <param name="BeforeMs">Samples whose own time lies before this, milliseconds since 1970 UTC.</param>
/// <param name="DryRun">Only say what would happen.</param>
public sealed record ForgetRequest(string? Source, long? BeforeMs, string Reason, bool DryRun);

/// <summary>What forgetting did, or would do.</summary>
/// <param name="Published">The version that goes on without them, or null after a dry run.</param>
/// <param name="SamplesInUse">Samples that leave the replay buffer and the sentinels.</param>
/// <param name="SamplesInJournal">Samples that leave the journal, those in use among them.</param>
/// <param name="Learned">Versions that were trained while such samples were at hand, oldest first: their weights may still know them.</param>
/// <param name="Left">What could not be taken off the disk and why, or null.</param>
public sealed record ForgetEffect(
    ModelVersion? Published, long SamplesInUse, long SamplesInJournal, IReadOnlyList<ModelVersion> Learned, string? Left, string Summary);

/// <summary>How the daemon is, as <c>sslagent status</c> prints it.</summary>
public enum AgentHealth
{
    Starting = 0,
    Healthy = 1,

    /// <summary>Running, with something that an operator should look at.</summary>
    Degraded = 2,
    Stopping = 3,
}

/// <summary>One partition's progress.</summary>
/// <param name="NextOffset">The next offset to be journalled.</param>
/// <param name="LagJournalled">Messages on the broker that are not yet in the journal; null while unknown.</param>
/// <param name="LearnedOffset">What lies before this offset was at hand when the last finished cycle began; null before there was one in this epoch.</param>
/// <param name="LagLearned">Messages on the broker that no finished cycle had at hand; null while unknown.</param>
public sealed record PartitionStatus(
    string Topic, int Partition, int Epoch, long NextOffset, long? LagJournalled, long? LearnedOffset, long? LagLearned);

/// <summary>A snapshot for people and monitors.</summary>
/// <param name="Problems">What an operator should look at, one sentence each.</param>
/// <param name="JournalBytes">Bytes of journal on disk.</param>
/// <param name="DiskFreeBytes">Bytes left for the state directory; -1 where the disk does not tell.</param>
/// <param name="LagLearned">Samples in the journal that no cycle has had at hand, the one that runs included.</param>
public sealed record AgentStatus(
    AgentHealth Health,
    IReadOnlyList<string> Problems,
    ModelVersion? Head,
    ModelVersion? Serving,
    Verdict? LastVerdict,
    CycleNumber? RunningCycle,
    int RunningStep,
    long JournalPosition,
    long JournalBytes,
    long SamplesAdmitted,
    long SentinelsAdmitted,
    long MessagesRejected,
    long MessagesSkipped,
    int BufferFrames,
    int BufferTexts,
    int BufferPairs,
    long LagLearned,
    long DiskFreeBytes,
    DateTimeOffset StartedAt,
    IReadOnlyList<PartitionStatus> Partitions)
{
    /// <summary>What the state takes of the disk, and how much it may.</summary>
    public DiskUse Disk { get; init; } = DiskUse.Unknown;

    /// <summary>What the last background check of the stored bytes found; null before the first.</summary>
    public ScrubSummary? LastScrub { get; init; }

    /// <summary>What became of augmented views since the start; null where none are checked.</summary>
    public ViewCounts? Views { get; init; }

    /// <summary>What the verdicts so far made of the training.</summary>
    public TrainingCourse Course { get; init; } = TrainingCourse.Plain;

    /// <summary>How surprising each source was by the version that training stands on; empty where no objective predicts.</summary>
    public IReadOnlyList<SourceSurprise> Surprises { get; init => field = value ?? []; } = [];
}

/// <summary>How the next cycle differs from what the options say, and why.</summary>
/// <param name="Rejects">Rejected versions that were not made up for by promoted ones since.</param>
/// <param name="LearningRateScale">What the learning rate is multiplied by.</param>
/// <param name="FreshScale">What the share of fresh samples in a batch is multiplied by; below 1 is more replay.</param>
/// <param name="PlasticCyclesLeft">Cycles for which a drift still lets the agent learn faster.</param>
/// <param name="IsPaused">No cycle begins until an operator resumes.</param>
/// <param name="Drifts">Drifts found so far.</param>
public sealed record TrainingCourse(int Rejects, double LearningRateScale, double FreshScale, int PlasticCyclesLeft, bool IsPaused, int Drifts)
{
    public static TrainingCourse Plain { get; } = new(0, 1, 1, 0, false, 0);

    /// <summary>Versions held since the last promoted one; null where there are none.</summary>
    public HoldRun? Holds { get; init; }
}

/// <summary>Versions held since the last promoted one: training goes on from them, and what is served grows old.</summary>
/// <param name="Last">The verdict on the last of them.</param>
/// <param name="IsLong">They are more than chance explains: an operator should look.</param>
public sealed record HoldRun(int Versions, Verdict Last, bool IsLong);

/// <summary>An operator's order to go on training as before all rejections.</summary>
public sealed record ResumeRequest(string Reason);

/// <summary>What resuming did.</summary>
/// <param name="WasPaused">Whether training had been paused.</param>
public sealed record ResumeEffect(bool WasPaused, int Rejects, string Summary);

/// <summary>Disk use beside its limits, all in bytes.</summary>
/// <param name="FreeBytes">Left on the volume; -1 where the disk does not tell.</param>
/// <param name="FreeBytesMin">What the agent leaves free; 0 where it does not look.</param>
public sealed record DiskUse(
    long JournalBytes, long JournalBytesMax, long VersionBytes, long VersionBytesMax, long FreeBytes, long FreeBytesMin)
{
    public static DiskUse Unknown { get; } = new(0, 0, 0, 0, -1, 0);
}

/// <summary>A finished background check of journal and versions.</summary>
/// <param name="Took">From its first byte to its last; it reads slowly on purpose.</param>
/// <param name="Bytes">Bytes read and compared.</param>
/// <param name="Damaged">Each damaged place, in words; empty where all is whole.</param>
public sealed record ScrubSummary(DateTimeOffset EndedAt, TimeSpan Took, long Bytes, IReadOnlyList<string> Damaged);

/// <summary>What the control socket may ask of the running daemon. Implemented by the head; safe to call from any thread.</summary>
public interface IAgentControl
{
    AgentStatus Status();

    /// <summary>Versions, newest first.</summary>
    IReadOnlyList<VersionManifest> Versions();

    /// <summary>Cuts off a running cycle, waits for a save in flight, applies. Throws <see cref="ControlRefusedException"/> with the reason.</summary>
    Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation);

    /// <summary>Cuts off a running cycle, applies, takes the samples off the disk. Throws <see cref="ControlRefusedException"/> with the reason.</summary>
    Task<ForgetEffect> ForgetAsync(ForgetRequest request, CancellationToken cancellation);

    /// <summary>Goes on training as before all rejections. Throws <see cref="ControlRefusedException"/> with the reason.</summary>
    ResumeEffect Resume(ResumeRequest request);

    /// <summary>Asks for a cycle now. False where one is already running or nothing can be learned from yet.</summary>
    bool TriggerCycle();
}

/// <summary>An order that cannot be carried out, with the reason for the operator.</summary>
public sealed class ControlRefusedException(string message) : Exception(message);
