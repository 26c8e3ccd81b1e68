using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>What taking samples off the disk came to.</summary>
/// <param name="SegmentsLeft">Segments that still hold some: damaged ones, whose bytes stay for a person to look at, or ones that somebody is reading.</param>
public sealed record EraseReport(long SamplesErased, int SegmentsRewritten, int SegmentsLeft);

/// <summary>
/// Rewrites every segment that holds samples which an operator had forgotten. Done again after a crash it finds what is left. Numbers stay, so the gap tells
/// nothing but that something was there.
/// </summary>
internal static class Erasing
{
    /// <param name="at">The number of the record that says so: only what was admitted before it goes.</param>
    public static EraseReport Run(Journal journal, long at, JournalRecord.Forgotten forgotten, CancellationToken cancellation)
    {
        journal.CloseSamples();
        RecordLog log = journal.Samples;
        long erased = 0;
        int rewritten = 0, left = 0;
        SegmentInfo[] closed = [.. log.Segments.Where(segment => segment.IsSealed && segment.FirstSequence < at)];
        foreach ((SegmentInfo segment, long count) in closed.Zip(Counts(journal, closed, at, forgotten)).ToArray())
        {
            cancellation.ThrowIfCancellationRequested();
            if (count == 0) continue;
            if (log.Compact([segment], record => !IsNamed(record, at, forgotten)))
            {
                erased += count;
                rewritten++;
            }
            else
            {
                left++;
            }
        }

        return new EraseReport(erased, rewritten, left);
    }

    private static long[] Counts(Journal journal, SegmentInfo[] segments, long at, JournalRecord.Forgotten forgotten)
    {
        long[] counts = new long[segments.Length];
        int segment = 0;
        foreach (SampleOrigin origin in journal.ReadOrigins(0).TakeWhile(origin => origin.Id.Sequence < at))
        {
            while (segment < segments.Length && origin.Id.Sequence > segments[segment].LastSequence) segment++;
            if (segment == segments.Length) break;
            if (forgotten.Names(origin.Source, origin.TimeMs)) counts[segment]++;
        }

        return counts;
    }

    private static bool IsNamed(LogRecord record, long at, JournalRecord.Forgotten forgotten)
    {
        if (record.Sequence >= at || record.Kind != (ushort)RecordKind.Admitted) return false;
        SampleOrigin origin = SampleCodec.DecodeOrigin(record.Sequence, record.Payload.Span);
        return forgotten.Names(origin.Source, origin.TimeMs);
    }
}
