using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class ResizedCropTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 1, ChanceStream.Augmentation);
    private static readonly CropPlan Small = new(new Interval(0.08, 0.5), CropPlan.InceptionRatio);

    [Theory]
    [InlineData(false, "crop")]
    [InlineData(true, "crop_flipped")]
    public void Cropped_and_resized_pictures_are_torchvisions(bool mirrored, string name)
    {
        using var scope = NewDisposeScope();
        Pictures.SameAsTorchvision(name, ResizedCrop.Apply(Pictures.Given(), 12, Boxes(mirrored)));
    }

    [Fact]
    public void Resampling_agrees_with_cutting_out_and_interpolating_by_hand()
    {
        using var scope = NewDisposeScope();
        const int height = 9, width = 13, side = 8;
        RandomCrop.Box[] boxes = [new(2, 1, 5, 7, false), new(0, 3, 13, 4, true)];
        Tensor pixels = Pictures.Noise(2, height, width);
        float[] given = Pictures.Values(pixels), actual = Pictures.Values(ResizedCrop.Apply(pixels, side, boxes));
        for (var index = 0; index < actual.Length; index++)
        {
            (int plane, int place) = Math.DivRem(index, side * side);
            RandomCrop.Box box = boxes[plane / 3];
            int column = box.Mirrored ? side - 1 - place % side : place % side;
            (int x, double fx) = Source(column, side, (int)box.Width);
            (int y, double fy) = Source(place / side, side, (int)box.Height);
            double expected = (1 - fy) * ((1 - fx) * At(x, y) + fx * At(x + 1, y)) + fy * ((1 - fx) * At(x, y + 1) + fx * At(x + 1, y + 1));
            Assert.Equal(expected, actual[index], Pictures.Tolerance);

            double At(int left, int top) => given[
                (plane * height + (int)box.Top + Math.Min(top, (int)box.Height - 1)) * width + (int)box.Left + Math.Min(left, (int)box.Width - 1)];
        }
    }

    [Fact]
    public void Mirroring_is_a_flip_and_twice_it_is_none()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(3, 16, 16);
        RandomCrop.Box[] mirrored = [.. Enumerable.Repeat(new RandomCrop.Box(0, 0, 16, 16, true), 3)];
        Tensor once = ResizedCrop.Apply(pixels, 16, mirrored);
        Pictures.Same(pixels.flip(3), once, Pictures.Tolerance);
        Pictures.Same(pixels, ResizedCrop.Apply(once, 16, mirrored), Pictures.Tolerance);
        Fixture.Near(Pictures.Floats("outputs/flip"), Pictures.Values(Pictures.Given().flip(3)), 0, "torchvision's flip");
    }

    [Fact]
    public void Boxes_lie_inside_on_whole_pixels_with_the_stated_shares_ratios_and_places()
    {
        const int count = 6000, side = 1000;
        RandomCrop.Box[] boxes = ResizedCrop.Draw(count, side, side, Small, 0.5, Key, Key with { Part = 1 });
        Assert.All(boxes, box =>
        {
            Assert.True(box.Left >= 0 && box.Top >= 0 && box.Left + box.Width <= side && box.Top + box.Height <= side, $"{box} by seed {Some.Seed}");
            Assert.Equal(box, new((int)box.Left, (int)box.Top, (int)box.Width, (int)box.Height, box.Mirrored));
        });
        double third = 2 * Math.Log(4.0 / 3) / Math.Sqrt(12);
        Pictures.WithinFourSigma(0.29, 0.42 / Math.Sqrt(12), count, boxes.Average(box => box.Width * box.Height / 1e6), "area");
        Pictures.WithinFourSigma(0, third, count, boxes.Average(box => Math.Log(box.Width / box.Height)), "logarithm of the ratio");
        Pictures.WithinFourSigma(0.5, 1 / Math.Sqrt(12), count, boxes.Average(box => box.Left / (side - box.Width)), "left");
        Pictures.WithinFourSigma(0.5, 1 / Math.Sqrt(12), count, boxes.Average(box => box.Top / (side - box.Height)), "top");
        Pictures.WithinFourSigma(0.5, 0.5, count, boxes.Count(box => box.Mirrored) / (double)count, "mirrored");
    }

    [Fact]
    public void A_box_that_never_fits_is_the_largest_allowed_one_in_the_middle()
    {
        var chance = new Philox(Key);
        var all = new CropPlan(new Interval(0.95, 1), CropPlan.InceptionRatio);
        Assert.Equal(new RandomCrop.Box(43, 0, 13, 10, false), ResizedCrop.DrawBox(100, 10, all, ref chance));
        Assert.Equal(new RandomCrop.Box(0, 43, 10, 13, false), ResizedCrop.DrawBox(10, 100, all, ref chance));
        RandomCrop.Box whole = ResizedCrop.DrawBox(64, 64, new CropPlan(new Interval(1.01, 1.02), new Interval(0.9, 1.1)), ref chance);
        Assert.Equal(new RandomCrop.Box(0, 0, 64, 64, false), whole);
    }

    /// <summary>The source pixel before, and how far on the way to the next: torch's bilinear interpolation without aligned corners.</summary>
    private static (int, double) Source(int place, int side, int length)
    {
        double source = Math.Max(0, (place + 0.5) * length / side - 0.5);
        return ((int)source, source - (int)source);
    }

    private static RandomCrop.Box[] Boxes(bool mirrored) =>
        [.. Pictures.Integers("inputs/boxes").Chunk(4).Select(box => new RandomCrop.Box(box[1], box[0], box[3], box[2], mirrored))];
}
