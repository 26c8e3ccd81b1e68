using System.ComponentModel.DataAnnotations;

namespace SslAgent.Checkpoints;

/// <summary>
/// Section <c>checkpoints</c>: how many versions stay on disk, and how a failing save is repeated. Whatever the numbers, HEAD, SERVING,
/// their parents, the newest version and pinned ones stay.
/// </summary>
public sealed record CheckpointOptions
{
    /// <summary>Newest versions kept, whatever their verdict. Default 20 versions.</summary>
    [Range(1, 100_000)]
    public int KeepLast { get; init; } = 20;

    /// <summary>Newest promoted versions kept, also where newer ones were held or rejected. Default 20 versions.</summary>
    [Range(1, 100_000)]
    public int KeepPromoted { get; init; } = 20;

    /// <summary>
    /// Newest versions that keep their moments, without which one cannot go back to them or audit their successor; a pinned one keeps what it has. Default 5 versions.
    /// </summary>
    [Range(1, 100_000)]
    public int KeepTrainingState { get; init; } = 5;

    /// <summary>
    /// Bytes that versions may take; beyond it the oldest that nothing protects go, counts notwithstanding. Default 20 GiB.
    /// </summary>
    [Range(1L << 20, long.MaxValue)]
    public long BytesMax { get; init; } = 20L << 30;

    /// <summary>
    /// Newest deleted versions whose manifests stay, so that the forgetting matrix reaches back beyond them; some tens of kilobytes each. Default 1,000 versions.
    /// </summary>
    [Range(0, 1_000_000)]
    public int KeepManifests { get; init; } = 1000;

    /// <summary>Pause before a failed save is repeated; doubles up to <see cref="SaveRetryMax"/>. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan SaveRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest pause between attempts to save. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "24:00:00")]
    public TimeSpan SaveRetryMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <param name="auditHorizon">Newest versions whose parents stay whole.</param>
    public RetentionPolicy Retention(int auditHorizon) => new(KeepLast, KeepPromoted, KeepTrainingState, BytesMax, auditHorizon) { KeepManifests = KeepManifests };

    /// <summary>Cross-field faults, one sentence each with both values.</summary>
    public IEnumerable<string> Faults()
    {
        if (SaveRetryMax < SaveRetry)
            yield return $"checkpoints:saveRetryMax {SaveRetryMax} is below checkpoints:saveRetry {SaveRetry}: pauses only grow.";
    }
}
