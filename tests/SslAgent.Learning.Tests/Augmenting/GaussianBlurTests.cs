using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class GaussianBlurTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 1, ChanceStream.Augmentation);
    private static readonly BlurPlan Half = new(0.5, new Interval(0.1, 2));

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Blurred_pictures_are_torchvisions(int kernel)
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Given();
        GaussianBlur.Change(pixels, [0, 1, 2, 3], Array.ConvertAll(Pictures.Floats("inputs/sigmas"), sigma => (double)sigma), kernel);
        Pictures.SameAsTorchvision($"blur{kernel}", pixels);
    }

    [Fact]
    public void Blur_agrees_with_a_sum_over_the_square_around_each_pixel()
    {
        using var scope = NewDisposeScope();
        const int height = 7, width = 9, radius = 2;
        double[] sigmas = [0.6, 1.9];
        Tensor pixels = Pictures.Noise(2, height, width);
        float[] before = Pictures.Values(pixels);
        GaussianBlur.Change(pixels, [0, 1], sigmas, 2 * radius + 1);
        float[] after = Pictures.Values(pixels);
        for (var index = 0; index < after.Length; index++)
        {
            (int plane, int place) = Math.DivRem(index, height * width);
            (double sum, double weights) = (0, 0);
            for (int dy = -radius; dy <= radius; dy++)
                for (int dx = -radius; dx <= radius; dx++)
                {
                    double weight = Math.Exp(-(dx * dx + dy * dy) / (2 * Math.Pow(sigmas[plane / 3], 2)));
                    sum += weight * before[plane * height * width + Mirrored(place / width + dy, height) * width + Mirrored(place % width + dx, width)];
                    weights += weight;
                }

            Assert.Equal(sum / weights, after[index], Pictures.Tolerance);
        }
    }

    [Fact]
    public void A_flat_picture_stays_flat_a_narrow_kernel_changes_nothing_and_others_are_left_alone()
    {
        using var scope = NewDisposeScope();
        Tensor flat = full([1, 3, 16, 16], 0.75f), sharp = Pictures.Given(), some = Pictures.Given(), never = Pictures.Given();
        GaussianBlur.Change(flat, [0], [1.5], 5);
        GaussianBlur.Change(sharp, [0, 1, 2, 3], [0.05, 0.05, 0.05, 0.05], 5);
        GaussianBlur.Change(some, [2], [1.5], 5);
        GaussianBlur.Change(never, Half with { Probability = 0 }, Key);
        Pictures.Same(full([1, 3, 16, 16], 0.75f), flat, 1e-6f);
        Pictures.Same(Pictures.Given(), sharp, 1e-6f);
        Pictures.Same(Pictures.Given().narrow(0, 0, 2), some.narrow(0, 0, 2));
        Pictures.Same(Pictures.Given(), never);
    }

    [Fact]
    public void Pictures_are_blurred_at_the_stated_rate_the_same_ones_for_the_same_key()
    {
        using var scope = NewDisposeScope();
        const int count = 2000;
        Tensor pixels = Pictures.Noise(count, 4, 4), same = pixels.clone(), other = pixels.clone(), before = pixels.clone();
        GaussianBlur.Change(pixels, Half with { Sigma = new Interval(0.5, 2) }, Key);
        GaussianBlur.Change(same, Half with { Sigma = new Interval(0.5, 2) }, Key);
        GaussianBlur.Change(other, Half with { Sigma = new Interval(0.5, 2) }, Key with { Step = 2 });
        double rate = pixels.ne(before).to_type(ScalarType.Float32).amax([1, 2, 3]).mean().item<float>();
        Pictures.WithinFourSigma(0.5, 0.5, count, rate, "rate");
        Pictures.Same(pixels, same);
        Assert.NotEqual(Pictures.Values(pixels), Pictures.Values(other));
    }

    [Theory]
    [InlineData(224, 23)]
    [InlineData(64, 7)]
    [InlineData(96, 9)]
    [InlineData(32, 3)]
    [InlineData(16, 3)]
    public void The_kernel_is_a_tenth_of_the_side_and_odd(int side, int kernel) => Assert.Equal(kernel, GaussianBlur.KernelFor(side));

    private static int Mirrored(int place, int length) => place < 0 ? -place : place >= length ? 2 * (length - 1) - place : place;
}
