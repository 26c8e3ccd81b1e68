using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// The four adjustments of colour as torchvision defines them on tensors (torchvision.transforms.functional.adjust_*): each picture with its own factor. Brightness, contrast and
/// saturation mix the picture with black, with its mean gray, with its own gray: factor·x + (1 - factor)·other, cut to [0, 1].
/// </summary>
/// <remarks>We differ in how the hue is turned: without the saturation, which HSV only divides and multiplies by again, and in one formula for all sixths of the circle (HSV's alternative form).</remarks>
internal static class ColorAdjustment
{
    // n pictures, S side. Factors are fp32 [n, 1, 1, 1], pictures fp32 [n, 3, S, S] in [0, 1], results new.

    /// <summary>Below any chroma that two different fp32 values near 1 have; keeps gray pixels from being divided by 0.</summary>
    private const double ChromaMin = 1e-12;

    public static Tensor Brightness(Tensor pixels, Tensor factor) => pixels.mul(factor).clamp_(0, 1);

    public static Tensor Contrast(Tensor pixels, Tensor factor)
    {
        Tensor gray = Grayscale.Of(pixels.mean([2, 3], keepdim: true)); // [n, 1, 1, 1]: the gray of the mean is the mean gray.
        return pixels.mul(factor).add_(gray.mul_(1 - factor)).clamp_(0, 1);
    }

    public static Tensor Saturation(Tensor pixels, Tensor factor) =>
        pixels.mul(factor).add_(Grayscale.Of(pixels).mul_(1 - factor)).clamp_(0, 1);

    /// <summary>Turns the hue by a share of the full circle, from -0.5 to 0.5.</summary>
    public static Tensor Hue(Tensor pixels, Tensor shift)
    {
        (Tensor red, Tensor green, Tensor blue) = (pixels.narrow(1, 0, 1), pixels.narrow(1, 1, 1), pixels.narrow(1, 2, 1)); // [n, 1, S, S]
        Tensor high = red.maximum(green).maximum(blue), low = red.minimum(green).minimum(blue);
        Tensor sixfold = high.sub(low).mul_(6); // Six times the chroma.
        Tensor scale = sixfold.clamp_min(ChromaMin).reciprocal_();
        Tensor hue = where(
            high.eq(red),
            green.sub(blue).mul_(scale),
            where(high.eq(green), blue.sub(red).mul_(scale).add_(1.0 / 3), red.sub(green).mul_(scale).add_(2.0 / 3)));

        // Channel c of a colour is high - chroma·max(0, min(k, 4 - k, 1)), k = 6·hue + (5, 3, 1)[c] modulo 6; with t = k / 6 that is low - chroma + 6·chroma·|t - 1/3|, the
        // distance held between 1/6 and 1/3. One whole turn more keeps the fraction's argument positive.
        Tensor starts = tensor([11f / 6, 9f / 6, 7f / 6], device: pixels.device).view(1, 3, 1, 1);
        Tensor distance = hue.add(shift.add(starts)).frac_().sub_(1.0 / 3).abs_().clamp_(1.0 / 6, 1.0 / 3); // [n, 3, S, S]
        return low.mul(2).sub_(high).addcmul(distance, sixfold, 1);
    }
}
