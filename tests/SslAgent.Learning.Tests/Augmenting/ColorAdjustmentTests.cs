using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class ColorAdjustmentTests
{
    [Fact]
    public void Adjustments_are_torchvisions()
    {
        using var scope = NewDisposeScope();
        Tensor given = Pictures.Given();
        Pictures.SameAsTorchvision("brightness", ColorAdjustment.Brightness(given, Pictures.Each("inputs/brightness")));
        Pictures.SameAsTorchvision("contrast", ColorAdjustment.Contrast(given, Pictures.Each("inputs/contrast")));
        Pictures.SameAsTorchvision("saturation", ColorAdjustment.Saturation(given, Pictures.Each("inputs/saturation")));
        Pictures.SameAsTorchvision("hue", ColorAdjustment.Hue(given, Pictures.Each("inputs/hue")));
        Pictures.Same(Pictures.Given(), given);
    }

    [Fact]
    public void Brightness_contrast_and_saturation_agree_with_mixing_by_hand()
    {
        using var scope = NewDisposeScope();
        Tensor noise = Pictures.Noise(3, 9, 7);
        float[] factors = [0.4f, 1, 1.7f];
        Tensor each = tensor(factors).view(3, 1, 1, 1);
        double[] grays = new double[3];
        Pictures.Pixelwise(noise, (picture, rgb) => { grays[picture] += Gray(rgb) / 63; return rgb; });
        Agree(ColorAdjustment.Brightness(noise, each), (_, _) => 0);
        Agree(ColorAdjustment.Contrast(noise, each), (picture, _) => grays[picture]);
        Agree(ColorAdjustment.Saturation(noise, each), (_, rgb) => Gray(rgb));

        void Agree(Tensor actual, Func<int, double[], double> other) => Fixture.Near(
            Pictures.Pixelwise(noise, (picture, rgb) => Array.ConvertAll(rgb, value => Mixed(value, other(picture, rgb), factors[picture]))),
            Pictures.Values(actual), Pictures.Tolerance, "mixed");
    }

    [Theory]
    [InlineData(0.25f)]
    [InlineData(-0.4f)]
    [InlineData(0.5f)]
    public void Hue_agrees_with_going_to_hsv_and_back_by_hand(float shift)
    {
        using var scope = NewDisposeScope();
        Tensor noise = Pictures.Noise(2, 11, 6);
        float[] expected = Pictures.Pixelwise(noise, (_, rgb) => Turned(rgb, shift));
        Fixture.Near(expected, Pictures.Values(ColorAdjustment.Hue(noise, full([2, 1, 1, 1], shift))), Pictures.Tolerance, "hue");
    }

    [Fact]
    public void Neutral_factors_change_nothing_and_extreme_ones_stay_in_range()
    {
        using var scope = NewDisposeScope();
        Tensor given = Pictures.Given(), one = ones(4, 1, 1, 1), nothing = zeros(4, 1, 1, 1), large = full([4, 1, 1, 1], 50f);
        Pictures.Same(given, ColorAdjustment.Brightness(given, one));
        Pictures.Same(given, ColorAdjustment.Contrast(given, one));
        Pictures.Same(given, ColorAdjustment.Saturation(given, one));
        Pictures.Same(given, ColorAdjustment.Hue(given, nothing), Pictures.Tolerance);
        Pictures.Same(zeros_like(given), ColorAdjustment.Brightness(given, nothing));
        Tensor[] extreme = [ColorAdjustment.Brightness(given, large), ColorAdjustment.Contrast(given, large), ColorAdjustment.Saturation(given, large)];
        Assert.All(extreme, pixels => Assert.All(Pictures.Values(pixels), value => Assert.InRange(value, 0, 1)));
    }

    [Fact]
    public void Turning_the_hue_keeps_gray_gray_and_a_third_of_the_circle_moves_the_channels_on()
    {
        using var scope = NewDisposeScope();
        Tensor gray = Pictures.Given().narrow(0, 3, 1), noise = Pictures.Noise(1, 8, 8);
        Pictures.Same(gray, ColorAdjustment.Hue(gray, full([1, 1, 1, 1], 0.37f)));
        Tensor turned = ColorAdjustment.Hue(noise, full([1, 1, 1, 1], 1f / 3));
        Pictures.Same(noise.roll(1, 1), turned, Pictures.Tolerance);
    }

    private static double Gray(double[] rgb) => 0.2989 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];

    private static double Mixed(double value, double other, double factor) => Math.Clamp(factor * value + (1 - factor) * other, 0, 1);

    /// <summary>Foley et al., Computer Graphics: the hexcone model, case by case.</summary>
    private static double[] Turned(double[] rgb, double shift)
    {
        double value = rgb.Max(), chroma = value - rgb.Min();
        if (chroma == 0) return rgb;
        double hue = value == rgb[0] ? (rgb[1] - rgb[2]) / chroma : value == rgb[1] ? 2 + (rgb[2] - rgb[0]) / chroma : 4 + (rgb[0] - rgb[1]) / chroma;
        double turned = (hue / 6 + shift + 2) % 1 * 6, saturation = chroma / value;
        int sixth = (int)turned;
        double rest = turned - sixth, p = value * (1 - saturation), q = value * (1 - saturation * rest), t = value * (1 - saturation * (1 - rest));
        return sixth switch
        {
            0 => [value, t, p],
            1 => [q, value, p],
            2 => [p, value, t],
            3 => [p, q, value],
            4 => [t, p, value],
            _ => [value, p, q],
        };
    }
}
