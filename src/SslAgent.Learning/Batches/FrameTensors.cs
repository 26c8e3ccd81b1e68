using SslAgent.Domain;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Batches;

/// <summary>Frames from host memory to normalised tensors.</summary>
internal static class FrameTensors
{
    // B batch, Y height, X width, S the network's image size.

    /// <summary>
    /// Pixels in [0, 255] as fp32 [B, 3, Y, X]. Frames of one size are packed as they are; where sizes differ (the stored size was changed
    /// in the lineage) each is first brought to the network's size.
    /// </summary>
    public static Tensor Pack(IReadOnlyList<Frame> frames, int imageSize, Device device)
    {
        Check.That(frames.Count > 0, "a batch has frames");
        Frame first = frames[0];
        if (frames.All(frame => frame.Width == first.Width && frame.Height == first.Height)) return PackEqual(frames, device);
        return cat(frames.Select(frame => Resize(PackEqual([frame], device), imageSize)).ToArray());
    }

    /// <summary>Pixels [B, 3, Y, X] to the network's size by averaging areas [B, 3, S, S].</summary>
    public static Tensor Resize(Tensor pixels, int imageSize) =>
        pixels.shape[2] == imageSize && pixels.shape[3] == imageSize
            ? pixels
            : nn.functional.interpolate(pixels, size: [imageSize, imageSize], mode: InterpolationMode.Area);

    /// <summary>(pixel / 255 - mean) / std per channel, same shape.</summary>
    public static Tensor Normalize(Tensor pixels, NormalizationPlan plan)
    {
        Tensor scale = PerChannel(plan.Std.Select(std => 1 / (255 * std)), pixels.device);
        Tensor shift = PerChannel(plan.Mean.Zip(plan.Std, (mean, std) => -mean / std), pixels.device);
        return pixels * scale + shift;
    }

    /// <summary>Pixels in [0, 255] to [0, 1], as views are made of them, same shape.</summary>
    public static Tensor ToShares(Tensor pixels) => pixels * (1.0 / 255);

    /// <summary>(share - mean) / std per channel, same shape: of pixels in [0, 1].</summary>
    public static Tensor NormalizeShares(Tensor shares, NormalizationPlan plan) =>
        (shares - PerChannel(plan.Mean, shares.device)) * PerChannel(plan.Std.Select(std => 1 / std), shares.device);

    /// <summary>Back from normalised values [B, 3, S, S] to frames on the host.</summary>
    public static Frame[] ToFrames(Tensor normalized, NormalizationPlan plan)
    {
        using var scope = NewDisposeScope();
        Tensor scale = PerChannel(plan.Std.Select(std => 255 * std), normalized.device);
        Tensor shift = PerChannel(plan.Mean.Select(mean => 255 * mean), normalized.device);
        Tensor bytes = (normalized * scale + shift).round().clamp(0, 255).to_type(ScalarType.Byte)
            .permute(0, 2, 3, 1).contiguous().cpu(); // [B, Y, X, 3]
        var frames = new Frame[bytes.shape[0]];
        for (var row = 0; row < frames.Length; row++)
            frames[row] = new Frame((int)bytes.shape[2], (int)bytes.shape[1], bytes.select(0, row).bytes.ToArray());
        return frames;
    }

    private static Tensor PackEqual(IReadOnlyList<Frame> frames, Device device)
    {
        int width = frames[0].Width, height = frames[0].Height, bytes = width * height * Frame.Channels;
        Tensor packed = empty([frames.Count, height, width, Frame.Channels], dtype: ScalarType.Byte); // [B, Y, X, 3]
        Span<byte> target = packed.bytes;
        for (var row = 0; row < frames.Count; row++)
        {
            Check.That(frames[row].Rgb.Length == bytes, "a frame has three bytes a pixel");
            frames[row].Rgb.CopyTo(target[(row * bytes)..]);
        }

        return packed.to(device).permute(0, 3, 1, 2).to_type(ScalarType.Float32).contiguous(); // [B, 3, Y, X]
    }

    private static Tensor PerChannel(IEnumerable<double> values, Device device) =>
        tensor(values.Select(value => (float)value).ToArray(), device: device).view(1, ModelPlan.Channels, 1, 1);
}
