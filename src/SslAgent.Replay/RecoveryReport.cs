using SslAgent.Domain;
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

    /// <summary>Rewinds behind the saved state that could not be folded as they had been carried out, in the journal's order.</summary>
    public IReadOnlyList<LostRewind> Rewinds { get; init; } = [];
}

/// <summary>Numbers whose records are gone, the last one not included.</summary>
public sealed record LostNumbers(long From, long To);

/// <summary>A rewind that lacks something of what it goes back to.</summary>
/// <param name="Sequence">The number of its record.</param>
/// <param name="To">The version gone back to.</param>
/// <param name="HasPast">
/// True where only some of what came since is lost: the rest was offered again. False where what the version remembered is lost itself: what came since left
/// the buffer, as if that had been ordered.
/// </param>
public sealed record LostRewind(long Sequence, ModelVersion To, bool HasPast, string Reason);
