using Microsoft.Extensions.Logging;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>Folds the journal behind a saved state, and says what was found.</summary>
internal static class Recovering
{
    public static RecoveryReport Fold(
        Journal journal, ReplayState state, Rewinding rewinding, TimeProvider time, Action<NumberedRecord, ReplayState>? observe)
    {
        long began = time.GetTimestamp(), from = state.Position;
        // The journal's own end, which a saved state may be ahead of where the medium lost records.
        long end = Math.Max(journal.Samples.LastSequence, journal.Decisions.LastSequence) + 1;
        FoldReport fold = Folding.Run(journal, state, rewinding, long.MaxValue, observe);
        IEnumerable<DamagedRange> found = [.. journal.Findings.Samples.Damaged, .. journal.Findings.Decisions.Damaged];
        return new RecoveryReport(
            from, journal.Position, fold.Records, Math.Max(0, from - end), journal.Bytes,
            journal.Findings.Samples.CutBytes + journal.Findings.Decisions.CutBytes, [.. found.Union(fold.Damaged).Union(DamagedDecisions(journal))],
            [.. journal.Findings.Samples.Notes, .. journal.Findings.Decisions.Notes], time.GetElapsedTime(began))
        {
            // Also what was retired on purpose: whoever has to fold from before the horizon lacks it all the same.
            Lost = [.. fold.Missing.Select(gap => new LostNumbers(gap.From, gap.To + 1))],
            Rewinds = rewinding.Lost,
        };
    }

    /// <summary>Decisions stay for ever and are few: all of them are looked at, also those that a saved state stands for.</summary>
    private static List<DamagedRange> DamagedDecisions(Journal journal)
    {
        using RecordCursor decisions = journal.Decisions.Scan(0);
        while (decisions.MoveNext())
        {
        }

        return [.. decisions.Damaged];
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
