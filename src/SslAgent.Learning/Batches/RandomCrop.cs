using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Batches;

/// <summary>
/// Random resized crop and mirroring of a whole batch in one bilinear resampling (Szegedy et al. 2015, as torchvision's RandomResizedCrop:
/// area uniform, aspect ratio log-uniform in [3/4, 4/3], place uniform).
/// </summary>
/// <remarks>We differ: a box that would not fit has its aspect ratio clamped instead of being redrawn ten times, so every frame takes five draws.</remarks>
internal static class RandomCrop
{
    // B batch, S output side.
    private static readonly float AspectLogMax = MathF.Log(4f / 3f);

    /// <summary>One frame's box in pixels of the source, and whether it is mirrored.</summary>
    internal readonly record struct Box(float Left, float Top, float Width, float Height, bool Mirrored);

    /// <param name="pixels">fp32 [B, 3, Y, X].</param>
    /// <param name="areaMin">Smallest share of the area kept; 1 keeps the whole frame.</param>
    /// <param name="alike">So many frames after one another have the same box.</param>
    /// <returns>fp32 [B, 3, S, S].</returns>
    public static Tensor Apply(Tensor pixels, int side, double areaMin, bool flip, DrawKey key, int alike = 1)
    {
        long batch = pixels.shape[0], height = pixels.shape[2], width = pixels.shape[3];
        var chance = new Philox(key);
        var boxes = new Box[batch];
        for (var row = 0; row < batch; row++) boxes[row] = row % alike == 0 ? Draw(ref chance, width, height, areaMin, flip) : boxes[row - 1];
        bool whole = height == side && width == side && Array.TrueForAll(boxes, box => !box.Mirrored && box.Width == width && box.Height == height);
        return whole ? pixels : Resample(pixels, side, boxes);
    }

    public static Box Draw(ref Philox chance, float width, float height, double areaMin, bool flip)
    {
        double area = width * height * (areaMin + (1 - areaMin) * chance.NextSingle());
        float aspect = MathF.Exp((2 * chance.NextSingle() - 1) * AspectLogMax);
        if (areaMin >= 1) aspect = width / height;
        float boxWidth = Math.Min(width, (float)Math.Sqrt(area * aspect));
        float boxHeight = Math.Min(height, (float)(area / boxWidth));
        boxWidth = Math.Min(width, (float)(area / boxHeight));
        float left = (width - boxWidth) * chance.NextSingle(), top = (height - boxHeight) * chance.NextSingle();
        bool mirrored = chance.NextSingle() < 0.5f && flip;
        return new Box(left, top, boxWidth, boxHeight, mirrored);
    }

    /// <summary>Output pixel i of S looks at source coordinate left + (i + 1/2)·boxWidth/S.</summary>
    public static Tensor Resample(Tensor pixels, int side, ReadOnlySpan<Box> boxes)
    {
        long height = pixels.shape[2], width = pixels.shape[3];
        var affine = new float[boxes.Length * 6];
        for (var row = 0; row < boxes.Length; row++)
        {
            Box box = boxes[row];
            float scaleX = box.Width / width, scaleY = box.Height / height;
            affine[row * 6] = box.Mirrored ? -scaleX : scaleX;
            affine[row * 6 + 2] = (2 * box.Left + box.Width) / width - 1;
            affine[row * 6 + 4] = scaleY;
            affine[row * 6 + 5] = (2 * box.Top + box.Height) / height - 1;
        }

        Tensor theta = tensor(affine, device: pixels.device).view(boxes.Length, 2, 3);
        Tensor grid = nn.functional.affine_grid(theta, [boxes.Length, 3, side, side], align_corners: false); // [B, S, S, 2]
        return nn.functional.grid_sample(
            pixels, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
    }
}
