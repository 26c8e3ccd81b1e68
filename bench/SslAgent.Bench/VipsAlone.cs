using System.Runtime.InteropServices;

namespace SslAgent.Bench;

/// <summary>
/// libvips without the agent, the yardstick of ingest: its recommended call for shrinking (<c>vips_thumbnail_buffer</c>, centre crop), pixels
/// written to memory. Also makes the pictures. The codec must have started libvips (one thread, no cache) before.
/// </summary>
internal static unsafe partial class VipsAlone
{
    private const string Library = "libvips.so.42", Objects = "libgobject-2.0.so.0", GLib = "libglib-2.0.so.0";

    /// <summary>A JPEG (Q 85) of waves and noise: about as hard to decode as a photograph.</summary>
    public static byte[] Jpeg(int width, int height, int seed)
    {
        var random = new Random(seed);
        byte[] pixels = new byte[width * height * 3];
        double a = random.NextDouble() * 6, b = random.NextDouble() * 6;
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double wave = Math.Sin(a + x * 12.0 / width) + Math.Cos(b + y * 9.0 / height);
                for (int channel = 0; channel < 3; channel++) pixels[at++] = (byte)(128 + 50 * wave * (1 - channel * .3) + random.Next(16));
            }
        }

        fixed (byte* data = pixels)
        {
            nint image = vips_image_new_from_memory(data, (nuint)pixels.Length, width, height, 3, 0);
            byte* jpeg;
            nuint length;
            if (vips_image_write_to_buffer(image, ".jpg[Q=85]", &jpeg, &length, 0) != 0) throw new InvalidOperationException("libvips made no picture");
            byte[] bytes = new ReadOnlySpan<byte>(jpeg, (int)length).ToArray();
            g_free(jpeg);
            g_object_unref(image);
            return bytes;
        }
    }

    /// <summary>Shrinks a picture to a square as a plain libvips program would.</summary>
    public static void Thumbnail(byte[] encoded, int side)
    {
        fixed (byte* data = encoded)
        {
            fixed (byte* height = "height\0"u8, crop = "crop\0"u8)
            {
                nint image;
                if (vips_thumbnail_buffer(data, (nuint)encoded.Length, &image, side, height, side, crop, 1, 0) != 0) throw new InvalidOperationException("libvips decoded nothing");
                Write(image);
            }
        }
    }

    /// <summary>Decodes a picture of the right size already: the least that libvips can do.</summary>
    public static void Load(byte[] encoded)
    {
        fixed (byte* data = encoded)
        {
            nint image;
            if (vips_jpegload_buffer(data, (nuint)encoded.Length, &image, 0) != 0) throw new InvalidOperationException("libvips decoded nothing");
            Write(image);
        }
    }

    private static void Write(nint image)
    {
        nuint length;
        byte* pixels = vips_image_write_to_memory(image, &length);
        if (pixels is null) throw new InvalidOperationException("libvips decoded nothing");
        g_free(pixels);
        g_object_unref(image);
    }

    [LibraryImport(Library)]
    private static partial nint vips_image_new_from_memory(byte* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_image_write_to_buffer(nint image, string suffix, byte** buffer, nuint* size, nint end);

    [LibraryImport(Library)]
    private static partial int vips_thumbnail_buffer(byte* data, nuint length, nint* output, int width, byte* heightName, int height, byte* cropName, int crop, nint end);

    [LibraryImport(Library)]
    private static partial int vips_jpegload_buffer(byte* data, nuint length, nint* output, nint end);

    [LibraryImport(Library)]
    private static partial byte* vips_image_write_to_memory(nint image, nuint* size);

    [LibraryImport(Objects)]
    private static partial void g_object_unref(nint instance);

    [LibraryImport(GLib)]
    private static partial void g_free(byte* memory);
}
