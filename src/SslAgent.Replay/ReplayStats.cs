using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The replay room in numbers, for status and metrics. One consistent moment.</summary>
/// <param name="Fresh">Samples admitted since the last cycle began, as far as they are held.</param>
/// <param name="PairsFound">Pairs joined so far, sentinels included.</param>
/// <param name="OffsetsMissing">Kafka offsets that were never delivered (transaction markers, compaction, retention).</param>
/// <param name="UnreadableDraws">Draws of a sample that the medium lost; its place was filled by another.</param>
/// <param name="JournalPendingBytes">Not durable yet.</param>
/// <param name="JournalBytesMax">The journal does not grow beyond this.</param>
public sealed record ReplayStats(
    long JournalPosition,
    long JournalBytes,
    long JournalPendingBytes,
    long JournalBytesMax,
    long TrainableAdmitted,
    long SentinelsAdmitted,
    long Rejected,
    IReadOnlyDictionary<SkipReason, long> Skipped,
    long Redelivered,
    long OffsetsMissing,
    long TrainableSinceCycle,
    long TextBytesAdmitted,
    bool IsTokenizerFrozen,
    AvailableData Buffered,
    long BufferedFrameBytes,
    long BufferedTextBytes,
    AvailableData Fresh,
    long PairsFound,
    int LateHalves,
    long LateHalvesEvicted,
    int Eras,
    int ErasDropped,
    int Sources,
    long UnreadableDraws);
