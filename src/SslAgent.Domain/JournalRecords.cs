namespace SslAgent.Domain;

/// <summary>
/// Everything the agent's state is a fold over: one record for each message that Kafka delivered and one for each decision.
/// Wall clock and load only append records; nothing reads a clock inside the fold. The byte format is docs/formats/journal.md.
/// </summary>
public abstract record JournalRecord
{
    /// <summary>A message kept for training, or set aside as a sentinel (<paramref name="IsSentinel"/>: never trained on).</summary>
    public sealed record Admitted(Sample Sample, bool IsSentinel) : JournalRecord;

    /// <summary>A message refused, kept as it was delivered; the dead-letter topic is fed from these.</summary>
    public sealed record Rejected(Delivery Delivery, Rejection Rejection) : JournalRecord;

    /// <summary>A message neither kept nor refused.</summary>
    public sealed record Skipped(SourceOffset At, string Source, SkipReason Reason) : JournalRecord;

    /// <summary>A partition's offsets mean other messages from here on.</summary>
    public sealed record EpochOpened(string Topic, int Partition, int Epoch, long FirstOffset, string Reason) : JournalRecord;

    /// <summary>The tokenizer's merges, from here to the end of the lineage. <paramref name="TokenizerJson"/> is the whole Hugging Face file.</summary>
    public sealed record TokenizerFrozen(byte[] TokenizerJson, int VocabularySize, long TrainedOnBytes) : JournalRecord;

    /// <summary>A cycle begins and trains on the replay state as folded up to this record. The plan holds every option that bears on the weights.</summary>
    public sealed record CycleStarted(CycleNumber Cycle, string PlanJson, string Fingerprint, string Trigger) : JournalRecord;

    /// <summary>The cycle's time budget (or shutdown, or a rollback) ended it after <paramref name="StepsDone"/> steps.</summary>
    public sealed record BudgetReached(CycleNumber Cycle, int StepsDone) : JournalRecord;

    /// <summary>
    /// What the model that the cycle made found redundant in the replay buffer as it was when the cycle began; of a pair the frame's number. Stands right before
    /// <see cref="CycleEnded"/> where a policy asks the model and something had to leave. A fact: only an audit weighs anew.
    /// </summary>
    public sealed record Evicted(
        CycleNumber Cycle, IReadOnlyList<SampleId> Frames, IReadOnlyList<SampleId> Texts, IReadOnlyList<SampleId> Pairs) : JournalRecord
    {
        /// <summary>Samples and pairs together.</summary>
        public int Count => Frames.Count + Texts.Count + Pairs.Count;

        /// <summary>The same three, with their names.</summary>
        public IEnumerable<(Modality Modality, IReadOnlyList<SampleId> Ids)> ByModality =>
            [(Modality.Frame, Frames), (Modality.Text, Texts), (Modality.Pair, Pairs)];

        /// <summary>Whether the same samples leave.</summary>
        public bool IsSameAs(Evicted other) => Frames.SequenceEqual(other.Frames) && Texts.SequenceEqual(other.Texts) && Pairs.SequenceEqual(other.Pairs);
    }

    /// <summary>The cycle is over; its version and verdict are facts from here on.</summary>
    public sealed record CycleEnded(
        CycleNumber Cycle, int StepsDone, ModelVersion Version, Verdict Verdict, IReadOnlyList<SampleId> Quarantined) : JournalRecord;

    /// <summary>A cycle that will not be finished (a rollback cut it off, or the numerics changed): its steps are void.</summary>
    public sealed record CycleAbandoned(CycleNumber Cycle, string Reason) : JournalRecord;

    /// <summary>
    /// An operator took the agent back to <paramref name="To"/>; <paramref name="Version"/> is the new version that says so.
    /// <paramref name="ToPosition"/> is the journal position of the version gone back to: what came since has a sequence number from there on.
    /// </summary>
    public sealed record RolledBack(
        ModelVersion To, long ToPosition, ModelVersion Version, ReplayRollback Replay, string Reason, IReadOnlyList<DeniedRange> Denied)
        : JournalRecord
    {
        /// <summary>The version gone back to had been held and the operator found it well: the new one counts as promoted.</summary>
        public bool Accepts { get; init; }
    }

    /// <summary>
    /// Samples before <paramref name="Horizon"/> that nothing live holds may be gone from the disk from here on: no recovery, audit or rewind can start
    /// further back. Journalled before the first of them goes.
    /// </summary>
    public sealed record HistoryRetired(long Horizon, string Reason) : JournalRecord;

    /// <summary>
    /// An operator had samples taken out of buffer and journal: those of <paramref name="Source"/>, or those whose own time lies before
    /// <paramref name="BeforeMs"/>, or where both are given those that are both. <paramref name="Version"/> has the weights of <paramref name="Of"/> and
    /// a replay index without them.
    /// </summary>
    /// <param name="Samples">Those of them that were still in use; what else of them the journal had goes with them.</param>
    public sealed record Forgotten(
        ModelVersion Of, ModelVersion Version, string? Source, long? BeforeMs, string Reason, IReadOnlyList<SampleId> Samples) : JournalRecord
    {
        /// <summary>Whether this is what the operator named, if it was admitted before.</summary>
        public bool Names(string source, long timeMs) => (Source is null || source == Source) && (BeforeMs is not { } before || timeMs < before);
    }

    /// <summary>
    /// The stream, or what the model makes of it, is no longer what it was: what comes from here on is another era, and for
    /// <paramref name="PlasticCycles"/> cycles the agent may learn faster.
    /// </summary>
    /// <param name="Source">Whose samples changed; empty where the change was seen in all of a modality's features.</param>
    /// <param name="Measure">What changed, for example <c>frame brightness</c>.</param>
    public sealed record DriftFound(string Source, string Measure, double Before, double After, int PlasticCycles) : JournalRecord;

    /// <summary>Training goes on as before all rejections: an operator said so, or changed the options that it had been rejected under.</summary>
    public sealed record TrainingResumed(string Reason) : JournalRecord;
}

/// <summary>What a rollback does to the replay buffer.</summary>
public enum ReplayRollback
{
    /// <summary>The buffer stays as it is.</summary>
    Keep = 0,

    /// <summary>As it is, less what came after the version gone back to.</summary>
    DropSince = 1,

    /// <summary>As it was at that version; what came later is fresh again from the journal, less the denied ranges.</summary>
    Rewind = 2,
}

/// <summary>A stretch of one partition that must never be learned, both ends included.</summary>
public sealed record DeniedRange(string Topic, int Partition, long From, long To);
