using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class GrayscaleTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 1, ChanceStream.Augmentation);

    [Fact]
    public void Gray_is_torchvisions_and_the_weighted_sum_of_the_channels()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Given();
        Grayscale.Change(pixels, [0, 1, 2, 3]);
        Pictures.SameAsTorchvision("grayscale", pixels);
        float[] byHand = Pictures.Pixelwise(Pictures.Given(), (_, rgb) => [.. Enumerable.Repeat(0.2989 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2], 3)]);
        Fixture.Near(byHand, Pictures.Values(pixels), Pictures.Tolerance, "gray");
    }

    [Fact]
    public void Only_the_chosen_rows_lose_their_colour()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Given();
        Grayscale.Change(pixels, [1]);
        Pictures.Same(Pictures.Given().narrow(0, 2, 2), pixels.narrow(0, 2, 2));
        Pictures.Same(pixels[1][0], pixels[1][2]);
        Assert.NotEqual(Pictures.Values(pixels[0][0]), Pictures.Values(pixels[0][2]));
    }

    [Fact]
    public void Rows_are_chosen_at_the_stated_rate_never_at_0_and_always_at_1()
    {
        const int count = 10_000;
        var chance = new Philox(Key);
        Pictures.WithinFourSigma(0.2, Math.Sqrt(0.2 * 0.8), count, RowSlices.Draw(count, 0.2, ref chance).Length / (double)count, "rate");
        Assert.Empty(RowSlices.Draw(count, 0, ref chance));
        Assert.Equal(count, RowSlices.Draw(count, 1, ref chance).Length);
    }
}
