using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Batches;

public sealed class RandomCropTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 1, ChanceStream.Augmentation);

    [Fact]
    public void Resampling_agrees_with_bilinear_interpolation_done_by_hand()
    {
        using var scope = NewDisposeScope();
        const int height = 20, width = 24, side = 16;
        float[] pixels = Values(2 * 3 * height * width);
        RandomCrop.Box[] boxes = [new(3.25f, 2.5f, 15, 13.5f, false), new(0, 4, 24, 12, true)];
        float[] actual = RandomCrop.Resample(tensor(pixels).view(2, 3, height, width), side, boxes).data<float>().ToArray();
        for (var index = 0; index < actual.Length; index++)
        {
            (int row, int rest) = Math.DivRem(index, 3 * side * side);
            (int channel, int place) = Math.DivRem(rest, side * side);
            RandomCrop.Box box = boxes[row];
            double column = place % side + 0.5, x = box.Mirrored ? box.Left + box.Width - column * box.Width / side : box.Left + column * box.Width / side;
            double y = box.Top + (place / side + 0.5) * box.Height / side;
            double expected = Bilinear(pixels.AsSpan((row * 3 + channel) * height * width, height * width), width, height, x - 0.5, y - 0.5);
            Assert.Equal(expected, actual[index], 1e-3);
        }
    }

    [Fact]
    public void Frames_of_one_window_are_cropped_and_mirrored_alike_and_two_windows_are_not()
    {
        using var scope = NewDisposeScope();
        Tensor one = tensor(Values(3 * 20 * 20)).view(1, 3, 20, 20);
        Tensor cropped = RandomCrop.Apply(one.expand(8, 3, 20, 20).contiguous(), 16, 0.3, flip: true, Key, alike: 4);
        float[][] frames = [.. cropped.unbind().Select(frame => frame.contiguous().data<float>().ToArray())];
        Assert.All(Enumerable.Range(0, 8), row => Assert.Equal(frames[row / 4 * 4], frames[row]));
        Assert.NotEqual(frames[0], frames[4]);
    }

    [Fact]
    public void Boxes_lie_inside_the_frame_and_keep_the_asked_share_of_its_area()
    {
        var chance = new Philox(Key);
        RandomCrop.Box[] boxes = [.. Enumerable.Range(0, 4000).Select(_ => RandomCrop.Draw(ref chance, 80, 60, 0.3, flip: true))];
        Assert.All(boxes, box =>
        {
            Assert.InRange(box.Left, 0, 80 - box.Width + 1e-3f);
            Assert.InRange(box.Top, 0, 60 - box.Height + 1e-3f);
            Assert.InRange(box.Width * box.Height / 4800, 0.299, 1.001);
        });
        Assert.InRange(boxes.Count(box => box.Mirrored), 1870, 2130);
        Assert.InRange(boxes.Average(box => box.Width * box.Height / 4800), 0.62, 0.68);
    }

    [Fact]
    public void The_whole_frame_at_its_own_size_comes_back_untouched()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = tensor(Values(3 * 16 * 16)).view(1, 3, 16, 16);
        Assert.Equal(pixels.data<float>().ToArray(), RandomCrop.Apply(pixels, 16, 1, flip: false, Key).data<float>().ToArray());
    }

    [Fact]
    public void The_same_key_crops_the_same_way_and_mirroring_can_be_switched_off()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = tensor(Values(4 * 3 * 16 * 16)).view(4, 3, 16, 16);
        float[] one = RandomCrop.Apply(pixels, 8, 0.4, flip: true, Key).data<float>().ToArray();
        Assert.Equal(one, RandomCrop.Apply(pixels, 8, 0.4, flip: true, Key).data<float>().ToArray());
        Assert.NotEqual(one, RandomCrop.Apply(pixels, 8, 0.4, flip: true, Key with { Step = 2 }).data<float>().ToArray());
        var chance = new Philox(Key);
        Assert.All(Enumerable.Range(0, 200).Select(_ => RandomCrop.Draw(ref chance, 16, 16, 0.4, flip: false)), box => Assert.False(box.Mirrored));
    }

    private static float[] Values(int count)
    {
        var chance = new Philox(Key);
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = 10 * chance.NextSingle();
        return values;
    }

    /// <summary>Outside the frame its edge goes on.</summary>
    private static double Bilinear(ReadOnlySpan<float> plane, int width, int height, double x, double y)
    {
        x = Math.Clamp(x, 0, width - 1);
        y = Math.Clamp(y, 0, height - 1);
        int left = Math.Min((int)x, width - 2), top = Math.Min((int)y, height - 2);
        double fx = x - left, fy = y - top;
        return (1 - fy) * ((1 - fx) * plane[top * width + left] + fx * plane[top * width + left + 1]) +
            fy * ((1 - fx) * plane[(top + 1) * width + left] + fx * plane[(top + 1) * width + left + 1]);
    }
}
