using SslAgent.Domain;

namespace SslAgent.Learning.Augmenting;

/// <summary>How one view of a picture is made: crop, mirroring, colour jitter, grayscale, blur, solarisation, always in this order. Immutable.</summary>
/// <param name="Crop">null keeps the whole picture, resized.</param>
/// <param name="Flip">Probability of mirroring left and right.</param>
/// <param name="Jitter">null leaves the colours alone.</param>
/// <param name="Grayscale">Probability of losing colour.</param>
/// <param name="Blur">null for none.</param>
/// <param name="Solarize">Probability of inverting what is at least half bright.</param>
/// <param name="Side">The view's own side in pixels; null for the network's.</param>
public sealed record ViewPlan(
    CropPlan? Crop, double Flip, JitterPlan? Jitter, double Grayscale, BlurPlan? Blur, double Solarize, int? Side = null)
{
    /// <summary>The whole picture at the network's size.</summary>
    public static ViewPlan Whole { get; } = new(null, 0, null, 0, null, 0);
}

/// <summary>Random resized crop.</summary>
/// <param name="Area">Share of the picture's area.</param>
/// <param name="Ratio">Width over height, drawn uniformly in its logarithm.</param>
public sealed record CropPlan(Interval Area, Interval Ratio)
{
    /// <summary>Szegedy et al. 2015, and torchvision's default.</summary>
    public static Interval InceptionRatio { get; } = new(3.0 / 4, 4.0 / 3);
}

/// <summary>Colour jitter: factors from [max(0, 1 - x), 1 + x], for the hue a shift from [-x, x] of the circle. 0 switches a part off.</summary>
/// <param name="Probability">That a picture is jittered at all.</param>
public sealed record JitterPlan(double Probability, double Brightness, double Contrast, double Saturation, double Hue);

/// <summary>Gaussian blur.</summary>
/// <param name="Probability">That a picture is blurred.</param>
/// <param name="Sigma">Standard deviation in pixels of the view.</param>
public sealed record BlurPlan(double Probability, Interval Sigma);

/// <summary>An interval that a number is drawn from, uniformly.</summary>
public readonly record struct Interval(double Min, double Max)
{
    public double Draw(ref Philox chance) => Min + (Max - Min) * chance.NextDouble();
}
