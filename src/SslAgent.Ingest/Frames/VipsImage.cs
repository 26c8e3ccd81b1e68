using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Frames;

/// <summary>Owns one reference to a libvips image; the default value owns nothing. Lives on the stack, in one thread.</summary>
internal readonly unsafe ref struct VipsImage(nint pointer)
{
    public nint Pointer { get; } = pointer;

    public bool IsNothing => Pointer == 0;

    public int Width => VipsNative.vips_image_get_width(Pointer);

    public int Height => VipsNative.vips_image_get_height(Pointer);

    public int Bands => VipsNative.vips_image_get_bands(Pointer);

    public bool HasAlpha => VipsNative.vips_image_hasalpha(Pointer) != 0;

    public bool IsBytes => VipsNative.vips_image_get_format(Pointer) == VipsNative.FormatUchar;

    public bool IsRgb => VipsNative.vips_image_get_interpretation(Pointer) is VipsNative.InterpretationSrgb or VipsNative.InterpretationRgb;

    /// <summary>True where EXIF says that the picture must be turned or mirrored.</summary>
    public bool IsTurned => VipsNative.vips_image_get_orientation(Pointer) > 1;

    /// <summary>Opens encoded bytes, which must stay pinned; reads no more than the header.</summary>
    public static VipsImage Open(byte* data, int length)
    {
        fixed (byte* none = "\0"u8, access = "access\0"u8, failOn = "fail_on\0"u8)
        {
            return new VipsImage(VipsNative.vips_image_new_from_buffer(
                data, (nuint)length, none, access, VipsNative.AccessSequential, failOn, VipsNative.FailOnError, 0));
        }
    }

    /// <summary>Opens a JPEG at 1/<paramref name="shrink"/> of its size; 2, 4 or 8.</summary>
    public static VipsImage OpenJpeg(byte* data, int length, int shrink)
    {
        nint image = 0;
        fixed (byte* access = "access\0"u8, failOn = "fail_on\0"u8, shrinkName = "shrink\0"u8)
        {
            int code = VipsNative.vips_jpegload_buffer(
                data, (nuint)length, &image, access, VipsNative.AccessSequential, failOn, VipsNative.FailOnError, shrinkName, shrink, 0);
            return code == 0 ? new VipsImage(image) : default;
        }
    }

    public void Dispose()
    {
        if (Pointer != 0) VipsNative.g_object_unref(Pointer);
    }
}
