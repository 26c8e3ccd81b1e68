using SslAgent.Domain;
using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Frames;

/// <summary>
/// Pictures through libvips: encoded bytes to a square uint8 RGB frame of the stored size, and frames to PNG. The header is read
/// and held against the ceilings before any pixel is decoded. Safe to call from any thread; owns nothing that must be disposed.
/// </summary>
public sealed unsafe class VipsFrameCodec : IFrameCodec
{
    private readonly FrameOptions _options;

    /// <summary>Throws <see cref="NativeLibraryException"/> where libvips is missing.</summary>
    public VipsFrameCodec(FrameOptions options)
    {
        _options = options;
        VipsRuntime.Start();
    }

    /// <summary>libvips' version, for <c>doctor</c>. Throws <see cref="NativeLibraryException"/> where it is missing.</summary>
    public static string LibraryVersion => VipsRuntime.Version();

    public FrameDecoding Decode(ReadOnlyMemory<byte> encoded)
    {
        if (encoded.Length > _options.BytesMax)
        {
            return Refuse("limits", $"the picture has {encoded.Length} bytes encoded, the limit is {_options.BytesMax}");
        }

        VipsRuntime.ForgetErrors();
        if (PictureFormat.Sniff(encoded.Span) is not { } format) return Refuse("frame", "the bytes are no JPEG, PNG, WebP or GIF");
        fixed (byte* data = encoded.Span)
        {
            using VipsImage opened = VipsImage.Open(data, encoded.Length);
            if (opened.IsNothing) return Refuse("frame", $"the {format} could not be opened: {VipsRuntime.TakeError()}");
            if (TooLarge(opened.Width, opened.Height) is { } excess) return new FrameDecoding(null, excess);
            byte[]? rgb = IsPlain(opened) ? FramePixels.Fetch(opened, _options.StoredSize) : Resize(data, encoded.Length, opened, format == "jpeg");
            return rgb is null ? Refuse("frame", $"the {format} could not be decoded: {VipsRuntime.TakeError()}") : Stored(rgb);
        }
    }

    /// <summary>Takes raw uint8 RGB pixels, row-major and interleaved, to the stored size.</summary>
    public FrameDecoding DecodeRgb(ReadOnlyMemory<byte> rgb, int width, int height)
    {
        if (TooLarge(width, height) is { } excess) return new FrameDecoding(null, excess);
        if (rgb.Length != (long)width * height * Frame.Channels)
        {
            return Refuse("frame", $"rgb8 data has {rgb.Length} bytes, width x height x 3 is {(long)width * height * Frame.Channels}");
        }

        if (width == _options.StoredSize && height == _options.StoredSize) return Stored(rgb.ToArray());
        VipsRuntime.ForgetErrors();
        fixed (byte* data = rgb.Span)
        {
            using VipsImage raw = new(VipsNative.vips_image_new_from_memory(
                data, (nuint)rgb.Length, width, height, Frame.Channels, VipsNative.FormatUchar));
            byte[]? pixels = raw.IsNothing ? null : FramePixels.Resize(raw, _options, (long)width * height);
            return pixels is null ? Refuse("frame", $"the rgb8 pixels could not be resized: {VipsRuntime.TakeError()}") : Stored(pixels);
        }
    }

    public byte[] EncodePng(Frame frame)
    {
        fixed (byte* data = frame.Rgb)
        {
            using VipsImage image = new(VipsNative.vips_image_new_from_memory(
                data, (nuint)frame.Rgb.Length, frame.Width, frame.Height, Frame.Channels, VipsNative.FormatUchar));
            byte* png = null;
            nuint length = 0;
            Check.That(!image.IsNothing && VipsNative.vips_pngsave_buffer(image.Pointer, &png, &length, 0) == 0, "a decoded frame can be encoded");
            byte[] bytes = new ReadOnlySpan<byte>(png, checked((int)length)).ToArray();
            VipsNative.g_free(png);
            return bytes;
        }
    }

    private static FrameDecoding Refuse(string stage, string reason) => new(null, new Rejection(stage, reason));

    private FrameDecoding Stored(byte[] rgb) => new(new Frame(_options.StoredSize, _options.StoredSize, rgb), null);

    private Rejection? TooLarge(int width, int height)
    {
        if (width < 1 || height < 1) return new Rejection("limits", $"the picture is {width} x {height} pixels; at least 1 x 1 is needed");
        if (Math.Max(width, height) > _options.SideMax)
        {
            return new Rejection("limits", $"the picture is {width} x {height} pixels, the limit is {_options.SideMax} a side");
        }

        return (long)width * height <= _options.PixelsMax
            ? null
            : new Rejection("limits", $"the picture has {(long)width * height} pixels, the limit is {_options.PixelsMax}");
    }

    /// <summary>Already as it is stored: no resampling, no colour conversion, so the loader's lines are the frame.</summary>
    private bool IsPlain(VipsImage image) =>
        image.Width == _options.StoredSize && image.Height == _options.StoredSize
        && image.Bands == Frame.Channels && image.IsBytes && image.IsRgb && !image.IsTurned;

    /// <summary>A JPEG is opened again at a half, a quarter or an eighth of its size, which its decoder gives almost for nothing.</summary>
    private byte[]? Resize(byte* data, int length, VipsImage opened, bool isJpeg)
    {
        long pixels = opened.Width * (long)opened.Height;
        int shrink = isJpeg ? ShrinkOnLoad(opened.Width, opened.Height) : 1;
        if (shrink == 1) return FramePixels.Resize(opened, _options, pixels);
        using VipsImage smaller = VipsImage.OpenJpeg(data, length, shrink);
        return smaller.IsNothing ? null : FramePixels.Resize(smaller, _options, pixels / (shrink * shrink));
    }

    /// <summary>The largest that leaves at least a halving to the resampler, so that its filter, not the decoder's, shapes the result.</summary>
    private int ShrinkOnLoad(int width, int height)
    {
        double across = width / (double)_options.StoredSize, down = height / (double)_options.StoredSize;
        double factor = _options.Fit == FrameFit.Pad ? Math.Max(across, down) : Math.Min(across, down);
        int shrink = factor >= 16 ? 8 : factor >= 8 ? 4 : factor >= 4 ? 2 : 1;
        // libvips (8.14) divides both sides by it, and ends the process by an assertion where one of them comes to nothing.
        while (shrink > Math.Min(width, height)) shrink /= 2;
        return shrink;
    }
}
