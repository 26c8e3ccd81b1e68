using SslAgent.Domain;
using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Frames;

/// <summary>The last steps of decoding: from a libvips image of about the right size to a square of packed uint8 RGB.</summary>
internal static unsafe class FramePixels
{
    /// <summary>
    /// Above this a picture is computed strip by strip in libvips' own threads, which bounds memory; below, in the calling thread
    /// at once, which spares the thread pool's start (about 0.3 ms a picture).
    /// </summary>
    private const long WholePixelsMax = 2_000_000;

    private static readonly nint White = NewWhite();

    public static int FitValue(FrameFit fit) => fit switch
    {
        FrameFit.Crop => VipsNative.InterestingCentre,
        FrameFit.Stretch => VipsNative.SizeForce,
        _ => VipsNative.SizeBoth,
    };

    /// <summary>Resizes decoded pixels; null with libvips' error set where that fails.</summary>
    public static byte[]? Resize(VipsImage image, FrameOptions options, long pixels)
    {
        nint output;
        fixed (byte* heightName = "height\0"u8, crop = "crop\0"u8, size = "size\0"u8)
        {
            byte* option = options.Fit == FrameFit.Crop ? crop : size;
            int code = VipsNative.vips_thumbnail_image(
                image.Pointer, &output, options.StoredSize, heightName, options.StoredSize, option, FitValue(options.Fit), 0);
            if (code != 0) return null;
        }

        using VipsImage resized = new(output);
        return Finish(resized, options, pixels);
    }

    /// <summary>Flattens on white, converts to 8-bit sRGB, pads to the square and computes.</summary>
    /// <param name="pixels">Pixels of the original, which decide how it is computed.</param>
    public static byte[]? Finish(VipsImage image, FrameOptions options, long pixels)
    {
        using VipsImage flat = image.HasAlpha ? Flatten(image) : default;
        VipsImage opaque = flat.IsNothing ? image : flat;
        if (image.HasAlpha && flat.IsNothing) return null;
        using VipsImage converted = opaque.IsRgb && opaque.IsBytes ? default : ToSrgb(opaque);
        if (converted.IsNothing && !(opaque.IsRgb && opaque.IsBytes)) return null;
        VipsImage rgb = converted.IsNothing ? opaque : converted;
        if (rgb.Width == options.StoredSize && rgb.Height == options.StoredSize) return Compute(rgb, options.StoredSize, pixels);
        using VipsImage padded = Pad(rgb, options.StoredSize);
        return padded.IsNothing ? null : Compute(padded, options.StoredSize, pixels);
    }

    /// <summary>Computes a square in the calling thread; null with libvips' error set where the data are broken.</summary>
    public static byte[]? Fetch(VipsImage image, int side)
    {
        using VipsImage region = new(VipsNative.vips_region_new(image.Pointer));
        if (region.IsNothing) return null;
        nuint length;
        byte* pixels = VipsNative.vips_region_fetch(region.Pointer, 0, 0, side, side, &length);
        return Take(pixels, length, side);
    }

    private static byte[]? Compute(VipsImage image, int side, long pixels)
    {
        if (pixels <= WholePixelsMax) return Fetch(image, side);
        nuint length;
        return Take(VipsNative.vips_image_write_to_memory(image.Pointer, &length), length, side);
    }

    private static byte[]? Take(byte* pixels, nuint length, int side)
    {
        if (pixels is null) return null;
        bool whole = length == (nuint)(side * side * Frame.Channels);
        byte[]? copy = whole ? new ReadOnlySpan<byte>(pixels, (int)length).ToArray() : null;
        VipsNative.g_free(pixels);
        return copy;
    }

    private static VipsImage Flatten(VipsImage image)
    {
        nint output = 0;
        fixed (byte* background = "background\0"u8)
        {
            return VipsNative.vips_flatten(image.Pointer, &output, background, White, 0) == 0 ? new VipsImage(output) : default;
        }
    }

    private static VipsImage ToSrgb(VipsImage image)
    {
        nint output = 0;
        return VipsNative.vips_colourspace(image.Pointer, &output, VipsNative.InterpretationSrgb, 0) == 0 ? new VipsImage(output) : default;
    }

    private static VipsImage Pad(VipsImage image, int side)
    {
        nint output = 0;
        return VipsNative.vips_gravity(image.Pointer, &output, VipsNative.CompassCentre, side, side, 0) == 0 ? new VipsImage(output) : default;
    }

    /// <summary>Lives as long as the program.</summary>
    private static nint NewWhite()
    {
        double white = 255;
        return VipsNative.vips_array_double_new(&white, 1);
    }
}
