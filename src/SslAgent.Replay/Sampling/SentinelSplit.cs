using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// Who is a sentinel: one group in N, by a hash of what both halves of a pair know at admission, so that no pair is ever split. A group
/// is all samples with one pair key; where pairing goes by time, or the options want it, all lone halves of one source in one block of time; else all samples of
/// one content. Pure: the same sample is on the same side for ever.
/// </summary>
internal sealed class SentinelSplit(ReplayOptions options, ulong seed)
{
    private const ulong ByPairKey = 1, ByTime = 2, ByText = 3, ByFrame = 4;

    public bool IsSentinel(Sample sample) => options.SentinelOneIn > 0 && GroupOf(sample) % (ulong)options.SentinelOneIn == 0;

    private ulong GroupOf(Sample sample)
    {
        if (sample.PairKey is not null) return StableHash.With(StableHash.Of(sample.PairKey, seed), ByPairKey);
        bool goesByTime = (options.PairByTime || options.SentinelsByTime) && sample.Modality != Modality.Pair;
        if (goesByTime)
        {
            // Floor, also before 1970: a block must not be twice as long around zero.
            long blockMs = (long)options.SentinelBlock.TotalMilliseconds;
            long block = (long)Math.Floor((double)sample.TimeMs / blockMs);
            return StableHash.With(StableHash.With(StableHash.Of(sample.Source, seed), (ulong)block), ByTime);
        }

        return sample.Text is { } text
            ? StableHash.With(StableHash.Of(text.Utf8, seed), ByText)
            : StableHash.With(StableHash.Of(Check.NotNull(sample.Frame, "a sample has content").Rgb, seed), ByFrame);
    }
}
