using Microsoft.Extensions.Logging;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>Folds the journal behind a saved state, and says what was found.</summary>
internal static class Recovering
{
    public static RecoveryReport Fold(
        Journal journal, ReplayState state, Rewinding rewinding, TimeProvider time, Action<NumberedRecord, ReplayState>? observe)
    {
        long began = time.GetTimestamp(), from = state.Position, folded = 0;
        // The journal's own end, which a saved state may be ahead of where the medium lost records.
        long end = Math.Max(journal.Samples.LastSequence, journal.Decisions.LastSequence) + 1;
        List<DamagedRange> damaged = [.. journal.Findings.Samples.Damaged, .. journal.Findings.Decisions.Damaged];
        using (JournalCursor cursor = journal.Read(from))
        {
            while (cursor.MoveNext())
            {
                rewinding.Apply(state, cursor.Current.Sequence, cursor.Current.Record);
                observe?.Invoke(cursor.Current, state);
                folded++;
            }

            damaged.AddRange(cursor.Damaged.Where(range => !damaged.Contains(range)));
        }

        return new RecoveryReport(
            from, journal.Position, folded, Math.Max(0, from - end), journal.Bytes,
            journal.Findings.Samples.CutBytes + journal.Findings.Decisions.CutBytes, damaged,
            [.. journal.Findings.Samples.Notes, .. journal.Findings.Decisions.Notes], time.GetElapsedTime(began));
    }

    public static void Tell(RecoveryReport report, ILogger logger)
    {
        if (report.CutBytes > 0) ReplayLog.TornTailCut(logger, report.CutBytes);
        foreach (DamagedRange range in report.Damaged) ReplayLog.Damaged(logger, range.ToString());
        foreach (string note in report.Notes) ReplayLog.TidiedUp(logger, note);
        if (report.RecordsMissing > 0)
        {
            ReplayLog.JournalIsShort(logger, report.FromPosition, report.FromPosition - report.RecordsMissing, report.RecordsMissing);
        }

        ReplayLog.Recovered(
            logger, report.RecordsFolded, report.FromPosition, report.Position,
            (long)report.Elapsed.TotalMilliseconds, report.JournalBytes);
    }
}
