using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SslAgent.Hostile.Tests.Mutating;
using SslAgent.Ingest.Tests.Frames;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>Files that are small and claim or unfold to a lot, laid byte by byte.</summary>
internal static class Monsters
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A PNG whose pixels unfold to far more than its header has room for.</summary>
    public static byte[] PngWithTooMuchData(int width, int height, int unfoldedBytes) =>
        [.. PngSignature, .. Header(width, height, depth: 8, colour: 2), .. PictureMutations.Chunk("IDAT", Zeros(unfoldedBytes)), .. End()];

    /// <summary>A proper small PNG with so many compressed comments, each unfolding to so many bytes.</summary>
    public static byte[] PngWithComments(int count, int unfoldedBytes)
    {
        byte[] comment = PictureMutations.Chunk("zTXt", [.. "Comment\0\0"u8, .. Zeros(unfoldedBytes)]);
        using var file = new MemoryStream();
        file.Write([.. PngSignature, .. Header(32, 32, depth: 8, colour: 2)]);
        for (int i = 0; i < count; i++) file.Write(comment);
        file.Write([.. PictureMutations.Chunk("IDAT", Zeros(32 * ((32 * 3) + 1))), .. End()]);
        return file.ToArray();
    }

    /// <summary>A proper small PNG whose colour profile unfolds to so many bytes.</summary>
    public static byte[] PngWithProfile(int unfoldedBytes) =>
    [
        .. PngSignature, .. Header(32, 32, depth: 8, colour: 2), .. PictureMutations.Chunk("iCCP", [.. "p\0\0"u8, .. Zeros(unfoldedBytes)]),
        .. PictureMutations.Chunk("IDAT", Zeros(32 * ((32 * 3) + 1))), .. End(),
    ];

    /// <summary>A JPEG of 16 x 16 whose frame header says otherwise.</summary>
    public static byte[] JpegThatSays(int width, int height)
    {
        byte[] jpeg = Pictures.Jpeg(16, 16);
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), (ushort)width);
        return jpeg;
    }

    /// <summary>A GIF whose screen and first frame have this side, with so many frames of data for one pixel.</summary>
    public static byte[] Gif(int side, int frames)
    {
        using var file = new MemoryStream();
        file.Write([.. "GIF89a"u8, (byte)side, (byte)(side >> 8), (byte)side, (byte)(side >> 8), 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
        file.Write([0x2C, 0, 0, 0, 0, (byte)side, (byte)(side >> 8), (byte)side, (byte)(side >> 8), 0, 2, 2, 0x44, 1, 0]);
        for (int i = 1; i < frames; i++) file.Write([0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
        file.WriteByte(0x3B);
        return file.ToArray();
    }

    /// <summary>A WebP of one colour: some kilobytes for any size.</summary>
    public static byte[] WebP(int width, int height) => Pictures.Encode(new byte[width * height * 3], width, height, ".webp[lossless,effort=0]");

    /// <summary>An extended WebP header that claims a canvas and holds one small picture.</summary>
    public static byte[] WebPThatSays(int width, int height)
    {
        byte[] inner = WebP(16, 16)[12..];
        byte[] extended = new byte[18];
        "VP8X"u8.CopyTo(extended);
        extended[4] = 10;
        (extended[12], extended[13], extended[14]) = ((byte)(width - 1), (byte)((width - 1) >> 8), (byte)((width - 1) >> 16));
        (extended[15], extended[16], extended[17]) = ((byte)(height - 1), (byte)((height - 1) >> 8), (byte)((height - 1) >> 16));
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, 4 + extended.Length + inner.Length);
        return [.. "RIFF"u8, .. size, .. "WEBP"u8, .. extended, .. inner];
    }

    /// <summary>MessagePack: a text whose unknown key holds so many values, each inside the one before.</summary>
    public static byte[] NestedContract(int depth, byte[] level)
    {
        byte[] head = [0x84, 0xA1, (byte)'v', 1, 0xA4, .. "kind"u8, 0xA4, .. "text"u8, 0xA4, .. "text"u8, 0xA2, .. "hi"u8, 0xA1, (byte)'x'];
        return [.. head, .. Enumerable.Repeat(level, depth).SelectMany(bytes => bytes), 0xC0];
    }

    public static byte[] NestedJson(int depth, string open, string close) => Encoding.UTF8.GetBytes(
        new StringBuilder("{\"message\":\"hi\",\"x\":").Insert(20, open, depth).Append('1').Append(string.Concat(Enumerable.Repeat(close, depth))).Append('}').ToString());

    private static byte[] Header(int width, int height, byte depth, byte colour)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (depth, colour);
        return PictureMutations.Chunk("IHDR", header);
    }

    private static byte[] End() => PictureMutations.Chunk("IEND", []);

    private static byte[] Zeros(int count)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] block = new byte[1 << 16];
            for (int left = count; left > 0; left -= block.Length) zlib.Write(block, 0, Math.Min(left, block.Length));
        }

        return packed.ToArray();
    }
}
