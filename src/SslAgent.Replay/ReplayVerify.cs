using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>What checking the whole journal found.</summary>
public sealed record VerifyReport(ScrubReport Samples, ScrubReport Decisions)
{
    public IReadOnlyList<DamagedRange> Damaged => [.. Samples.Damaged, .. Decisions.Damaged];

    public bool IsWhole => Samples.Damaged.Count + Decisions.Damaged.Count == 0;
}

/// <summary>Reads every segment and names each damaged byte range. Changes nothing; may run beside the daemon.</summary>
public static class ReplayVerify
{
    public static VerifyReport Run(IDisk disk, string directory, CancellationToken cancellation) => new(
        RecordLogScrub.Run(disk, Journal.SamplesAt(directory, RecordLogSettings.SegmentBytesLimit), cancellation),
        RecordLogScrub.Run(disk, Journal.DecisionsAt(directory, RecordLogSettings.SegmentBytesLimit), cancellation));
}
