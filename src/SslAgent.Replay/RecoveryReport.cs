using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>What opening the journal and folding it found. Start-up says it.</summary>
/// <param name="FromPosition">Position of the saved state that the fold began from; 0 without one.</param>
/// <param name="Position">Where the fold arrived.</param>
/// <param name="RecordsFolded">Records applied on top of the saved state.</param>
/// <param name="RecordsMissing">Numbers that the saved state had and the journal lacks at its end: lost with the medium.</param>
/// <param name="CutBytes">Torn tails, removed: never durable, so Kafka delivers those messages again.</param>
/// <param name="Damaged">Byte ranges that had been durable and are unreadable: what stood there is lost.</param>
public sealed record RecoveryReport(
    long FromPosition,
    long Position,
    long RecordsFolded,
    long RecordsMissing,
    long JournalBytes,
    long CutBytes,
    IReadOnlyList<DamagedRange> Damaged,
    IReadOnlyList<string> Notes,
    TimeSpan Elapsed)
{
    /// <summary>Numbers behind the saved state that the journal should have and has not: records lost with the medium.</summary>
    public IReadOnlyList<LostNumbers> Lost { get; init; } = [];
}

/// <summary>Numbers whose records are gone, the last one not included.</summary>
public sealed record LostNumbers(long From, long To);
