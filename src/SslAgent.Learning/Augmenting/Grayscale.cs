using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>Brightness as the eye has it, with torchvision's weights (ITU-R BT.601, rounded).</summary>
internal static class Grayscale
{
    // B batch, n rows, S side.
    public const double Red = 0.2989, Green = 0.587, Blue = 0.114;

    /// <summary>Takes the colour of some rows, drawn each by itself.</summary>
    /// <param name="pixels">fp32 [B, 3, S, S] in [0, 1], written to.</param>
    public static void Change(Tensor pixels, double probability, DrawKey key)
    {
        var chance = new Philox(key);
        Change(pixels, RowSlices.Draw((int)pixels.shape[0], probability, ref chance));
    }

    public static void Change(Tensor pixels, long[] rows) =>
        RowSlices.Edit(pixels, rows, (slice, _) => Of(slice).expand(slice.shape[0], slice.shape[1], slice.shape[2], slice.shape[3]));

    /// <summary>From [n, 3, S, S] to [n, 1, S, S].</summary>
    public static Tensor Of(Tensor pixels) =>
        pixels.narrow(1, 0, 1).mul(Red).add_(pixels.narrow(1, 1, 1), Green).add_(pixels.narrow(1, 2, 1), Blue);
}
