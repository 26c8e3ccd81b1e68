using SslAgent.Domain;
using SslAgent.Learning.Batches;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>What was done to a frame: a box of it at the frame's own size, then mirrored left and right or not, then turned counterclockwise by quarters.</summary>
internal readonly record struct FrameTransform(RandomCrop.Box Box, int Quarters)
{
    // R rows, S side.

    /// <summary>Numbers that describe one: which quarter turn (one of four), mirrored or not, the box's middle and half sides.</summary>
    public const int Numbers = 9;

    public const int Turns = 4;

    /// <summary>Transformed frames, each in one bilinear resampling.</summary>
    /// <param name="frames">fp32 [R, 3, S, S].</param>
    /// <returns>Same shape.</returns>
    public static Tensor Apply(Tensor frames, IReadOnlyList<FrameTransform> transforms)
    {
        Check.That(frames.shape[0] == transforms.Count, "every row has a transformation");
        long side = frames.shape[3];
        Tensor theta = tensor(transforms.SelectMany(transform => transform.Affine(side)).ToArray(), device: frames.device).view(transforms.Count, 2, 3);
        Tensor grid = nn.functional.affine_grid(theta, [transforms.Count, 3, side, side], align_corners: false); // [R, S, S, 2]
        return nn.functional.grid_sample(frames, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
    }

    /// <summary>What a predictor is told, fp32 [R, Numbers].</summary>
    public static Tensor Describe(IReadOnlyList<FrameTransform> transforms, long side, Device device) =>
        tensor(transforms.SelectMany(transform => transform.Description(side)).ToArray(), device: device).view(transforms.Count, Numbers);

    private float[] Description(long side)
    {
        int quarters = Quarters;
        (float x, float y, float width, float height) = Placed(side);
        return [.. Enumerable.Range(0, Turns).Select(turn => turn == quarters ? 1f : 0f), Box.Mirrored ? 1 : 0, x, y, width, height];
    }

    /// <summary>Where a place of the result is from: turned back, mirrored back, put into the box. Row-major [2·3], on a scale of -1 to 1 from edge to edge.</summary>
    private float[] Affine(long side)
    {
        (float x, float y, float width, float height) = Placed(side);
        float cosine = Quarters switch { 0 => 1, 2 => -1, _ => 0 }, sine = Quarters switch { 1 => 1, 3 => -1, _ => 0 };
        if (Box.Mirrored) width = -width;
        return [width * cosine, -width * sine, x, height * sine, height * cosine, y];
    }

    /// <summary>The box's middle and half sides on that scale.</summary>
    private (float X, float Y, float Width, float Height) Placed(long side) =>
        (((2 * Box.Left) + Box.Width) / side - 1, ((2 * Box.Top) + Box.Height) / side - 1, Box.Width / side, Box.Height / side);
}
