using SslAgent.Domain;
using SslAgent.Learning.Batches;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// Random resized crop as torchvision's RandomResizedCrop defines it (Szegedy et al. 2015): a box of whole pixels, its area uniform, its ratio log-uniform, redrawn up to ten times
/// where it does not fit; then the box alone is resized, bilinearly, without antialiasing. Mirroring is part of the same resampling.
/// </summary>
/// <remarks>
/// <see cref="RandomCrop"/>, MAE's cheaper cousin, has boxes between pixels and looks beyond a box's edge into the picture around it; its draws are part of what
/// stored versions are re-derived by, so it stays what it is.
/// </remarks>
internal static class ResizedCrop
{
    // B batch, Y and X the source's sides, S the view's.
    private const int Attempts = 10;

    public static RandomCrop.Box[] Draw(int count, int width, int height, CropPlan? plan, double flip, DrawKey places, DrawKey mirrors)
    {
        Philox chance = new(places), sides = new(mirrors);
        var boxes = new RandomCrop.Box[count];
        for (var row = 0; row < count; row++)
        {
            RandomCrop.Box box = plan is null ? new(0, 0, width, height, false) : DrawBox(width, height, plan, ref chance);
            boxes[row] = box with { Mirrored = sides.NextDouble() < flip };
        }

        return boxes;
    }

    public static RandomCrop.Box DrawBox(int width, int height, CropPlan plan, ref Philox chance)
    {
        var logarithm = new Interval(Math.Log(plan.Ratio.Min), Math.Log(plan.Ratio.Max));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            double area = (double)width * height * plan.Area.Draw(ref chance), ratio = Math.Exp(logarithm.Draw(ref chance));
            int boxWidth = (int)Math.Round(Math.Sqrt(area * ratio)), boxHeight = (int)Math.Round(Math.Sqrt(area / ratio));
            if (boxWidth <= 0 || boxWidth > width || boxHeight <= 0 || boxHeight > height) continue;
            int top = chance.NextInt(height - boxHeight + 1), left = chance.NextInt(width - boxWidth + 1);
            return new RandomCrop.Box(left, top, boxWidth, boxHeight, false);
        }

        return Central(width, height, plan.Ratio);
    }

    /// <summary>Of each row its box, resized.</summary>
    /// <param name="pixels">fp32 [B, 3, Y, X].</param>
    /// <returns>fp32 [B, 3, S, S], always a tensor of its own.</returns>
    public static Tensor Apply(Tensor pixels, int side, ReadOnlySpan<RandomCrop.Box> boxes)
    {
        int batch = boxes.Length, width = (int)pixels.shape[3], height = (int)pixels.shape[2];
        Check.That(pixels.shape[0] == batch, "every row has a box");
        float[] columns = new float[batch * side], lines = new float[batch * side];
        for (var row = 0; row < batch; row++)
        {
            RandomCrop.Box box = boxes[row];
            Place(columns.AsSpan(row * side, side), box.Left, box.Width, width);
            if (box.Mirrored) columns.AsSpan(row * side, side).Reverse();
            Place(lines.AsSpan(row * side, side), box.Top, box.Height, height);
        }

        Tensor x = tensor(columns, device: pixels.device).view(batch, 1, side).expand(batch, side, side); // [B, S, S]
        Tensor y = tensor(lines, device: pixels.device).view(batch, side, 1).expand(batch, side, side); // [B, S, S]
        return nn.functional.grid_sample(
            pixels, stack([x, y], -1), GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
    }

    /// <summary>Where the view's pixels look along one side, on grid_sample's scale of -1 to 1 from edge to edge; at most to the centres of the box's outermost pixels.</summary>
    private static void Place(Span<float> places, double start, double length, int whole)
    {
        for (var i = 0; i < places.Length; i++)
        {
            double inBox = Math.Clamp((i + 0.5) * length / places.Length, 0.5, length - 0.5);
            places[i] = (float)(2 * (start + inBox) / whole - 1);
        }
    }

    /// <summary>The largest box in the middle whose ratio is allowed.</summary>
    private static RandomCrop.Box Central(int width, int height, Interval ratio)
    {
        double own = (double)width / height;
        int boxWidth = own > ratio.Max ? (int)Math.Round(height * ratio.Max) : width;
        int boxHeight = own < ratio.Min ? (int)Math.Round(width / ratio.Min) : height;
        return new RandomCrop.Box((width - boxWidth) / 2, (height - boxHeight) / 2, boxWidth, boxHeight, false);
    }
}
