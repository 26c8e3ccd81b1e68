using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>Folds a journal that somebody else may be writing, and changes nothing: for people who ask what is remembered.</summary>
public static class JournalInspection
{
    /// <summary>Applies what is durable in the journal to a saved state (or to an empty one) and gives the numbers it comes to.</summary>
    public static (VerifyReport Journal, ReplayStats Stats) Fold(
        IDisk disk, string directory, ReplayOptions options, ReplayState state, CancellationToken cancellation)
    {
        // Decisions first: there are few, and each must be at hand when the samples reach its number.
        Queue<NumberedRecord> decisions = [];
        ScrubReport decisionLog = RecordLogScrub.Run(
            disk, Journal.DecisionsAt(directory, RecordLogSettings.SegmentBytesLimit), cancellation, stored => decisions.Enqueue(Decode(stored)));
        ScrubReport sampleLog = RecordLogScrub.Run(disk, Journal.SamplesAt(directory, RecordLogSettings.SegmentBytesLimit), cancellation, stored =>
        {
            ApplyBefore(state, decisions, stored.Sequence);
            if (stored.Sequence >= state.Position) state.Apply(stored.Sequence, Decode(stored).Record);
        });
        ApplyBefore(state, decisions, long.MaxValue);
        var size = new StatsOf.JournalSize(state.Position, decisionLog.Bytes + sampleLog.Bytes, PendingBytes: 0);
        return (new VerifyReport(sampleLog, decisionLog), StatsOf.State(state, size, options, redelivered: 0, unreadable: 0));
    }

    private static void ApplyBefore(ReplayState state, Queue<NumberedRecord> decisions, long sequence)
    {
        while (decisions.TryPeek(out NumberedRecord decision) && decision.Sequence < sequence)
        {
            decisions.Dequeue();
            if (decision.Sequence >= state.Position) state.Apply(decision.Sequence, decision.Record);
        }
    }

    private static NumberedRecord Decode(LogRecord stored) => new(stored.Sequence, JournalCodec.Decode((RecordKind)stored.Kind, stored.Payload.Span));
}
