using System.Runtime.InteropServices;

namespace SslAgent.Ingest.Native;

/// <summary>
/// The part of libvips and GLib that decoding needs. The variadic functions are declared with the fixed lists of arguments
/// that they are called with, which the calling conventions of Linux (x86-64 and arm64) and Windows x64 allow for integers and
/// pointers. Names of options are UTF-8 literals that live as long as the program.
/// </summary>
internal static unsafe partial class VipsNative
{
    public const int FormatUchar = 0, InterpretationSrgb = 22, InterpretationRgb = 17;
    public const int AccessSequential = 1, InterestingCentre = 1, SizeForce = 3, SizeBoth = 0, FailOnError = 2, CompassCentre = 0;

    static VipsNative() => NativeLibraries.Register();

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_init(byte* argv0);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_version(int part);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial void vips_concurrency_set(int threads);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial void vips_cache_set_max(int operations);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial void vips_block_untrusted_set(int state);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial void vips_vector_set_enabled(int enabled);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial void vips_operation_block_set(byte* name, int state);

    /// <summary>A copy of the error buffer, which is cleared; free it with <see cref="g_free"/>.</summary>
    [LibraryImport(NativeLibraries.Vips)]
    public static partial byte* vips_error_buffer_copy();

    [LibraryImport(NativeLibraries.Vips)]
    public static partial void vips_error_clear();

    [LibraryImport(NativeLibraries.Vips)]
    public static partial nint vips_image_new_from_buffer(
        byte* data, nuint length, byte* optionString, byte* access, int sequential, byte* failOn, int fail, nint end);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial nint vips_image_new_from_memory(byte* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_image_get_width(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_image_get_height(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_image_get_bands(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_image_get_format(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_image_get_interpretation(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_image_hasalpha(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_image_get_orientation(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_jpegload_buffer(
        byte* data, nuint length, nint* output, byte* access, int sequential, byte* failOn, int fail, byte* shrinkName, int shrink, nint end);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_thumbnail_image(
        nint input, nint* output, int width, byte* heightName, int height, byte* option, int value, nint end);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_colourspace(nint input, nint* output, int space, nint end);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_flatten(nint input, nint* output, byte* background, nint colour, nint end);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_gravity(nint input, nint* output, int direction, int width, int height, nint end);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial nint vips_array_double_new(double* values, int count);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial nint vips_region_new(nint image);

    /// <summary>Computes a rectangle in the calling thread; a packed copy, to be freed with <see cref="g_free"/>.</summary>
    [LibraryImport(NativeLibraries.Vips)]
    public static partial byte* vips_region_fetch(nint region, int left, int top, int width, int height, nuint* length);

    /// <summary>Computes a whole picture strip by strip in libvips' own thread; freed with <see cref="g_free"/>.</summary>
    [LibraryImport(NativeLibraries.Vips)]
    public static partial byte* vips_image_write_to_memory(nint image, nuint* size);

    [LibraryImport(NativeLibraries.Vips)]
    public static partial int vips_pngsave_buffer(nint image, byte** data, nuint* length, nint end);

    [LibraryImport(NativeLibraries.GObject)]
    public static partial void g_object_unref(nint instance);

    [LibraryImport(NativeLibraries.GLib)]
    public static partial void g_free(byte* memory);

    [LibraryImport(NativeLibraries.GLib)]
    public static partial uint g_log_set_handler(
        byte* domain, int levels, delegate* unmanaged[Cdecl]<byte*, int, byte*, nint, void> handler, nint data);
}
