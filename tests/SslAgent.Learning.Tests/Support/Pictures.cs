using System.Runtime.InteropServices;
using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>
/// What tests/fixtures/make_augmentation_fixtures.py wrote, and pictures to augment. Pictures are fp32 [B, 3, Y, X] in [0, 1].
/// </summary>
internal static class Pictures
{
    /// <summary>Distance from torchvision's values, which lie in [0, 1], that counts as rounding: both sides compute in fp32.</summary>
    public const float Tolerance = 1e-5f;

    private static readonly Lazy<IReadOnlyDictionary<string, TensorBytes>> Content =
        new(() => Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "fixtures", "augmentations.safetensors")));

    public static float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(Content.Value[name].Data.Span).ToArray();

    public static int[] Integers(string name) =>
        [.. MemoryMarshal.Cast<byte, long>(Content.Value[name].Data.Span).ToArray().Select(value => (int)value)];

    /// <summary>The fixture's four pictures, 16 high and 20 wide: smooth, noise, few levels, gray.</summary>
    public static Tensor Given() => tensor(Floats("inputs/pictures")).view(4, 3, 16, 20);

    /// <summary>One value for each picture [4, 1, 1, 1].</summary>
    public static Tensor Each(string name) => tensor(Floats(name)).view(4, 1, 1, 1);

    /// <summary>Noise.</summary>
    public static Tensor Noise(int count, int height, int width, int number = 0)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, number, ChanceStream.Test));
        var values = new float[count * 3 * height * width];
        for (var i = 0; i < values.Length; i++) values[i] = chance.NextSingle();
        return tensor(values).view(count, 3, height, width);
    }

    public static void SameAsTorchvision(string name, Tensor actual) => Fixture.Near(Floats("outputs/" + name), Values(actual), Tolerance, name);

    public static void Same(Tensor expected, Tensor actual, float tolerance = 0)
    {
        Assert.Equal(expected.shape, actual.shape);
        Fixture.Near(Values(expected), Values(actual), tolerance, "pictures");
    }

    public static float[] Values(Tensor pixels) => pixels.contiguous().data<float>().ToArray();

    /// <summary>Applies <paramref name="change"/> to every pixel of pictures by hand; it gets the picture's number and three channels and returns three.</summary>
    public static float[] Pixelwise(Tensor pixels, Func<int, double[], double[]> change)
    {
        float[] values = Values(pixels);
        int plane = (int)(pixels.shape[2] * pixels.shape[3]);
        for (var picture = 0; picture < pixels.shape[0]; picture++)
            for (var pixel = 0; pixel < plane; pixel++)
            {
                int[] places = [.. Enumerable.Range(0, 3).Select(channel => (picture * 3 + channel) * plane + pixel)];
                double[] changed = change(picture, [.. places.Select(place => (double)values[place])]);
                for (var channel = 0; channel < 3; channel++) values[places[channel]] = (float)changed[channel];
            }

        return values;
    }

    /// <summary>Fails, saying so, where a mean of <paramref name="count"/> draws is more than four standard errors from what is expected.</summary>
    public static void WithinFourSigma(double expected, double deviation, int count, double mean, string what) => Assert.True(
        Math.Abs(mean - expected) <= 4 * deviation / Math.Sqrt(count),
        $"{what}: mean {mean} of {count} draws by seed {Some.Seed}, expected {expected} within {4 * deviation / Math.Sqrt(count)}");
}
