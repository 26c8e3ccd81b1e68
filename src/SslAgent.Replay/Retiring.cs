using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>What <see cref="ReplayLedger.Retire"/> gave back.</summary>
public sealed record RetireReport(int SegmentsDropped, int SegmentsCompacted, long BytesFreed)
{
    public static RetireReport Nothing { get; } = new(0, 0, 0);
}

/// <summary>
/// Deletes segments before the horizon that hold nothing live and rewrites neighbours with few live records as one, so that a few old
/// survivors never pin the disk.
/// </summary>
internal static class Retiring
{
    // Rewriting costs its reading and writing: worth it once half of the bytes are dead.
    private const double LiveShareMax = 0.5;

    /// <summary>Whether there is a segment that <see cref="Run"/> would drop or rewrite.</summary>
    public static bool HasWork(RecordLog log, HashSet<long> live, long horizon)
    {
        SegmentInfo[] closed = [.. Closed(log, horizon)];
        if (closed.Length == 0) return false;
        long[] sorted = [.. live.Order()];
        return closed.Any(segment => CountWithin(sorted, segment.FirstSequence, segment.LastSequence) < LiveShareMax * segment.Records)
            || closed.Count(segment => IsSmall(log, segment)) > 1;
    }

    public static RetireReport Run(RecordLog log, HashSet<long> live, long horizon, CancellationToken cancellation)
    {
        long[] sorted = [.. live.Order()];
        long before = log.Bytes;
        int dropped = 0, compacted = 0;
        var group = new List<SegmentInfo>();
        double groupBytes = 0;
        foreach (SegmentInfo segment in Closed(log, horizon))
        {
            cancellation.ThrowIfCancellationRequested();
            int kept = CountWithin(sorted, segment.FirstSequence, segment.LastSequence);
            double keptBytes = segment.Records == 0 ? 0 : (double)segment.Bytes * kept / segment.Records;
            if (kept == 0)
            {
                if (log.Drop(segment)) dropped++;
                continue;
            }

            bool isSparse = keptBytes < LiveShareMax * segment.Bytes;
            bool isCandidate = isSparse || IsSmall(log, segment);
            if (!isCandidate || groupBytes + keptBytes > log.Settings.SegmentBytes)
            {
                compacted += Compact(log, group, ref groupBytes, live, sorted);
            }

            if (!isCandidate) continue;
            group.Add(segment);
            groupBytes += keptBytes;
        }

        compacted += Compact(log, group, ref groupBytes, live, sorted);
        return new RetireReport(dropped, compacted, before - log.Bytes);
    }

    private static IEnumerable<SegmentInfo> Closed(RecordLog log, long horizon) =>
        log.Segments.Where(segment => segment.IsSealed && segment.LastSequence < horizon);

    private static bool IsSmall(RecordLog log, SegmentInfo segment) => segment.Bytes < LiveShareMax * log.Settings.SegmentBytes;

    private static int Compact(RecordLog log, List<SegmentInfo> group, ref double groupBytes, HashSet<long> live, long[] sorted)
    {
        bool isWorthIt = group.Count > 1
            || (group.Count == 1 && CountWithin(sorted, group[0].FirstSequence, group[0].LastSequence) < LiveShareMax * group[0].Records);
        int done = isWorthIt && log.Compact(group, record => live.Contains(record.Sequence)) ? group.Count : 0;
        group.Clear();
        groupBytes = 0;
        return done;
    }

    private static int CountWithin(long[] sorted, long first, long last) => LowerBound(sorted, last + 1) - LowerBound(sorted, first);

    private static int LowerBound(long[] sorted, long value)
    {
        int at = Array.BinarySearch(sorted, value);
        return at >= 0 ? at : ~at;
    }
}
