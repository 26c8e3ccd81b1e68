using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Tests.Frames;

/// <summary>Real encoded pictures, made by libvips as a test needs them, and PNG files laid byte by byte where a writer would refuse.</summary>
internal static unsafe partial class Pictures
{
    public const int BlackAndWhite = 1, Cmyk = 15, Rgb16 = 25;

    static Pictures() => VipsRuntime.Start();

    /// <summary>A smooth picture: red rises to the right, green downwards, blue is 128.</summary>
    public static byte[] Gradient(int width, int height, int bands = 3, byte alpha = 255)
    {
        byte[] pixels = new byte[width * height * bands];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, at += bands)
            {
                pixels[at] = (byte)(x * 255 / Math.Max(1, width - 1));
                pixels[at + 1] = (byte)(y * 255 / Math.Max(1, height - 1));
                pixels[at + 2] = 128;
                if (bands == 4) pixels[at + 3] = alpha;
            }
        }

        return pixels;
    }

    /// <summary>Encodes 8-bit pixels; the suffix names format and options as libvips has them.</summary>
    /// <param name="space">Colour space to convert to before, or 0.</param>
    /// <param name="pageHeight">Height of one page of an animation whose pages stand below each other, or 0.</param>
    public static byte[] Encode(byte[] pixels, int width, int height, string suffix, int space = 0, int pageHeight = 0)
    {
        fixed (byte* data = pixels)
        {
            using VipsImage image = new(VipsNative.vips_image_new_from_memory(data, (nuint)pixels.Length, width, height, pixels.Length / width / height, 0));
            nint converted = 0;
            if (space != 0) Require(VipsNative.vips_colourspace(image.Pointer, &converted, space, 0) == 0);
            using VipsImage source = new(converted);
            nint picture = converted != 0 ? converted : image.Pointer;
            if (pageHeight > 0) vips_image_set_int(picture, "page-height", pageHeight);
            byte* encoded;
            nuint length;
            Require(vips_image_write_to_buffer(picture, suffix, &encoded, &length, 0) == 0);
            byte[] bytes = new ReadOnlySpan<byte>(encoded, (int)length).ToArray();
            VipsNative.g_free(encoded);
            return bytes;
        }
    }

    public static byte[] Jpeg(int width, int height, int quality = 90) => Encode(Gradient(width, height), width, height, $".jpg[Q={quality}]");

    /// <summary>A PNG of one-bit black pixels, as large as its header says: a few kilobytes that unfold to width x height.</summary>
    public static byte[] BlackPng(int width, int height)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;
        WriteChunk(file, "IHDR", header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] line = new byte[1 + ((width + 7) / 8)];
            for (int y = 0; y < height; y++) zlib.Write(line);
        }

        WriteChunk(file, "IDAT", packed.ToArray());
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void WriteChunk(MemoryStream file, string type, byte[] data)
    {
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    /// <summary>CRC-32 as PNG's specification gives it (polynomial 0xEDB88320).</summary>
    private static uint Crc(byte[] bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }

    private static void Require(bool ok)
    {
        if (!ok) throw new InvalidOperationException($"libvips made no test picture: {VipsRuntime.TakeError()}");
    }

    [LibraryImport("libvips.so.42", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_image_write_to_buffer(nint image, string suffix, byte** buffer, nuint* size, nint end);

    [LibraryImport("libvips.so.42", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void vips_image_set_int(nint image, string name, int value);
}
