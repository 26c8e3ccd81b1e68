using System.ComponentModel.DataAnnotations;
using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>How sentinels are grouped into eras.</summary>
public enum EraGrouping
{
    /// <summary>Each stretch of <see cref="ReplayOptions.EraSamples"/> admitted samples is one era.</summary>
    Count = 0,

    /// <summary>Each stretch of <see cref="ReplayOptions.EraDuration"/> of message time is one era.</summary>
    Time = 1,

    /// <summary>Each source has its own, a new one after <see cref="ReplayOptions.EraSamples"/> of its samples.</summary>
    Source = 2,
}

/// <summary>Who says how much of a batch is fresh.</summary>
public enum ReplayRatio
{
    /// <summary><see cref="ReplayOptions.FreshRatio"/>.</summary>
    Fixed = 0,

    /// <summary>What the last cycle did to the old eras.</summary>
    Adaptive = 1,
}

/// <summary>
/// Section <c>replay</c> of the configuration. All but the journal's own settings bear on what is learned: they are part of a cycle's plan.
/// </summary>
public sealed record ReplayOptions
{
    /// <summary>Bytes after which a journal segment is closed. Default 64 MiB.</summary>
    [Range(1L << 16, 1L << 30)]
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Bytes that the journal may take. Near the limit samples that nothing needs any more are given back at once; at the limit ingest waits
    /// until there is room again. Default 20 GiB.
    /// </summary>
    [Range(1L << 20, long.MaxValue)]
    public long JournalBytesMax { get; init; } = 20L << 30;

    /// <summary>The longest that an admitted message waits for its fsync, but for the decoding of the one behind it. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan GroupCommitDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes of admitted messages that force an fsync before the delay is over. Default 4 MiB.</summary>
    [Range(1L << 10, 1L << 28)]
    public long GroupCommitBytes { get; init; } = 4L << 20;

    /// <summary>
    /// Who leaves the replay buffer when it is full: by chance (reservoir), the oldest (fifo), one of the source that has most (balanced), the most
    /// redundant in the model's eyes (minred), or half by chance and half by redundancy (hybrid). docs/replay.md says which when. Default reservoir.
    /// </summary>
    public ReplayPolicy Policy { get; init; } = ReplayPolicy.Reservoir;

    /// <summary>Frames kept for replay. Default 50,000.</summary>
    [Range(0, 100_000_000)]
    public int FramesMax { get; init; } = 50_000;

    /// <summary>Bytes of pixels kept for replay. Default 2 GiB.</summary>
    [Range(0, long.MaxValue)]
    public long FrameBytesMax { get; init; } = 2L << 30;

    /// <summary>Texts kept for replay. Default 200,000.</summary>
    [Range(0, 100_000_000)]
    public int TextsMax { get; init; } = 200_000;

    /// <summary>Bytes of text kept for replay. Default 256 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long TextBytesMax { get; init; } = 256L << 20;

    /// <summary>Frame-text pairs kept for replay. Default 50,000.</summary>
    [Range(0, 100_000_000)]
    public int PairsMax { get; init; } = 50_000;

    /// <summary>Bytes of pairs (pixels and text) kept for replay. Default 2 GiB.</summary>
    [Range(0, long.MaxValue)]
    public long PairBytesMax { get; init; } = 2L << 30;

    /// <summary>Samples of each modality held as fresh: admitted since the last cycle began. Default 10,000.</summary>
    [Range(1, 100_000_000)]
    public int FreshMax { get; init; } = 10_000;

    /// <summary>Bytes of each modality held as fresh. Default 512 MiB.</summary>
    [Range(1, long.MaxValue)]
    public long FreshBytesMax { get; init; } = 512L << 20;

    /// <summary>
    /// Samples of each modality, beside what is new, that are embedded anew at a cycle's end where the model is asked who is redundant (minred, hybrid): weights move,
    /// and the oldest embeddings go first. 0 keeps those of the cycle that first saw a sample. Default 1,000.
    /// </summary>
    [Range(0, 100_000_000)]
    public int RefreshedMax { get; init; } = 1_000;

    /// <summary>Share of a batch drawn from the fresh samples, 0 to 1; where it is adaptive, that of the first cycle. Default 0.3.</summary>
    [Range(0.0, 1.0)]
    public double FreshRatio { get; init; } = 0.3;

    /// <summary>
    /// Whether freshRatio stays as it is (fixed) or moves with each cycle between its bounds (adaptive): down while old eras get worse, back up while they hold.
    /// Default fixed.
    /// </summary>
    public ReplayRatio Ratio { get; init; } = ReplayRatio.Fixed;

    /// <summary>The least of a batch that is fresh where the ratio is adaptive. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double FreshRatioMin { get; init; } = 0.1;

    /// <summary>The most of a batch that is fresh where the ratio is adaptive, also after a drift. Beyond freshRatio only while old eras get better. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double FreshRatioMax { get; init; } = 0.5;

    /// <summary>
    /// How far replayed samples are drawn by the surprise of their source, 0 to 1: what the world-model objective predicts badly is seen more often. 0 (the default) draws all alike; what was not
    /// predicted yet counts like the mean.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Surprise { get; init; }

    /// <summary>One group in this many is a sentinel and never trained on; 0 sets none aside. Default 20.</summary>
    [Range(0, 1_000_000)]
    public int SentinelOneIn { get; init; } = 20;

    /// <summary>What makes an era. Default by count.</summary>
    public EraGrouping EraBy { get; init; } = EraGrouping.Count;

    /// <summary>Admitted samples in an era, where eras go by count; samples of its source, where they go by source. Default 10,000.</summary>
    [Range(1, int.MaxValue)]
    public int EraSamples { get; init; } = 10_000;

    /// <summary>Message time in an era, where eras go by time. Default one day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan EraDuration { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Sentinels kept of each modality in each era. Default 256.</summary>
    [Range(1, 1_000_000)]
    public int EraSentinelsMax { get; init; } = 256;

    /// <summary>Eras kept; beyond that the ones closest to their neighbours go. Default 64.</summary>
    [Range(3, 100_000)]
    public int ErasMax { get; init; } = 64;

    /// <summary>Texts of sentinels remembered so that no duplicate is trained on. Default 1,000,000.</summary>
    [Range(1, 100_000_000)]
    public int SentinelTextsMax { get; init; } = 1_000_000;

    /// <summary>
    /// Whether frames and texts of one source without a pair key are paired by their nearness in message time. Default off.
    /// </summary>
    public bool PairByTime { get; init; }

    /// <summary>The farthest apart in message time that two halves of a pair may be. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan PairWindow { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Frames that one text may be paired with. Default 1.</summary>
    [Range(1, 1_000)]
    public int PairFramesPerText { get; init; } = 1;

    /// <summary>Halves of pairs that wait for their other half; the oldest leave first. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int LateHalvesMax { get; init; } = 10_000;

    /// <summary>
    /// Whether lone frames and texts are set aside as sentinels by blocks of their source's time, and not one by one: what learns from windows of time is then probed on frames that follow each
    /// other. Pairing by time does so anyway. Default off.
    /// </summary>
    public bool SentinelsByTime { get; init; }

    /// <summary>
    /// Message time in one block of a source: where sentinels go by time, a block is wholly sentinel or not. Default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan SentinelBlock { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Producer ids remembered to recognise retries; the oldest leave first. 0 recognises none. Default 100,000.</summary>
    [Range(0, 100_000_000)]
    public int RetryWindow { get; init; } = 100_000;

    /// <summary>Sources told apart; later ones count as one source called <c>(other)</c>. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int SourcesMax { get; init; } = 10_000;

    // Where the model is asked, what is new waits beside the buffer too.
    private int FreshStores => Policy is ReplayPolicy.Minred or ReplayPolicy.Hybrid ? 6 : 3;

    // The buffer, the fresh samples of each modality, the segment being written and one that waits to be compacted. Wide: each may be huge.
    private Int128 JournalBytesNeeded =>
        (Int128)FrameBytesMax + TextBytesMax + PairBytesMax + (FreshStores * (Int128)FreshBytesMax) + (2 * (Int128)SegmentBytes);

    /// <summary>Most samples and bytes kept of a modality.</summary>
    internal (int CountMax, long BytesMax) CapacityOf(Modality modality) => modality switch
    {
        Modality.Frame => (FramesMax, FrameBytesMax),
        Modality.Text => (TextsMax, TextBytesMax),
        _ => (PairsMax, PairBytesMax),
    };

    /// <summary>These options with the journal's own settings at their defaults: two that are equal so fold the same records to the same state.</summary>
    public ReplayOptions ForFold()
    {
        ReplayOptions defaults = new();
        return this with
        {
            SegmentBytes = defaults.SegmentBytes,
            JournalBytesMax = defaults.JournalBytesMax,
            GroupCommitDelay = defaults.GroupCommitDelay,
            GroupCommitBytes = defaults.GroupCommitBytes,
        };
    }

    /// <summary>What is wrong across fields, one sentence each with value, unit and reason.</summary>
    public IEnumerable<string> Faults()
    {
        if (FramesMax == 0 && TextsMax == 0)
        {
            yield return "replay.framesMax and replay.textsMax are both 0 samples: with nothing kept there is nothing to learn from";
        }

        if (SentinelOneIn == 1)
        {
            yield return "replay.sentinelOneIn is 1 (every group): nothing would be left to train on; 0 is no sentinels, 2 is half of all";
        }

        if (JournalBytesNeeded > JournalBytesMax)
        {
            yield return $"replay.journalBytesMax is {JournalBytesMax} bytes, and what must stay in the journal may take {JournalBytesNeeded} bytes: "
                + $"frameBytesMax {FrameBytesMax} + textBytesMax {TextBytesMax} + pairBytesMax {PairBytesMax} + {FreshStores} x freshBytesMax {FreshBytesMax} "
                + $"+ 2 x segmentBytes {SegmentBytes}: at the limit ingest would wait for ever; raise the one or lower the others";
        }

        if (FreshRatioMin > FreshRatioMax)
        {
            yield return FormattableString.Invariant(
                $"replay.freshRatioMin is {FreshRatioMin} and replay.freshRatioMax {FreshRatioMax}: the least is not more than the most");
        }

        if (PairByTime && SentinelBlock < PairWindow)
        {
            yield return $"replay.sentinelBlock is {SentinelBlock} and replay.pairWindow {PairWindow}: "
                + "most pairs would cross a block's border and be refused";
        }
    }
}
