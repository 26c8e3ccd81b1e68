using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>Solarisation (BYOL, appendix B): what is at least half bright is inverted, x where x is below 1/2, else 1 - x.</summary>
internal static class Solarization
{
    // B batch, S side.
    public const float Threshold = 0.5f;

    /// <param name="pixels">fp32 [B, 3, S, S] in [0, 1], written to.</param>
    public static void Change(Tensor pixels, double probability, DrawKey key)
    {
        var chance = new Philox(key);
        Change(pixels, RowSlices.Draw((int)pixels.shape[0], probability, ref chance));
    }

    /// <summary>At this threshold the two cases are one formula: the nearer of x and 1 - x to 0.</summary>
    public static void Change(Tensor pixels, long[] rows) => RowSlices.Edit(pixels, rows, (slice, _) => slice.minimum(1 - slice));
}
