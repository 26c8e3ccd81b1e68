using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>What folding a stretch of the journal came across.</summary>
/// <param name="Records">Records applied.</param>
/// <param name="Missing">Numbers of the stretch, or of what rewinds in it go back to, that the journal does not have, first and last of each gap: retired, forgotten or damaged.</param>
/// <param name="Damaged">Bytes that had been durable and are unreadable.</param>
public sealed record FoldReport(long Records, IReadOnlyList<(long From, long To)> Missing, IReadOnlyList<DamagedRange> Damaged);

/// <summary>Applies the journal to a state: the one loop of recovery, audit and statistics.</summary>
internal static class Folding
{
    /// <param name="through">Number of the last record to apply.</param>
    /// <param name="observe">Sees each record right after it was applied.</param>
    public static FoldReport Run(Journal journal, ReplayState state, Rewinding rewinding, long through, Action<NumberedRecord, ReplayState>? observe)
    {
        var missing = new List<(long From, long To)>();
        long records = 0;
        using JournalCursor cursor = journal.Read(state.Position);
        while (cursor.MoveNext() && cursor.Current.Sequence <= through)
        {
            NoteGap(state.Position, cursor.Current.Sequence);
            rewinding.Apply(state, cursor.Current.Sequence, cursor.Current.Record);
            observe?.Invoke(cursor.Current, state);
            records++;
        }

        if (through < long.MaxValue) NoteGap(state.Position, through + 1);
        // A rewind reads what came before it once more, which may lie before the stretch; a start tells of that by the rewind.
        if (!rewinding.IsLenient) missing.AddRange(rewinding.Missing);
        return new FoldReport(records, missing, cursor.Damaged);

        void NoteGap(long expected, long found)
        {
            if (found > expected) missing.Add((expected, found - 1));
        }
    }
}
