using System.Buffers.Binary;
using System.Text;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>
/// Mutations that know how pictures are laid out: PNG chunks (with sums that hold, so that the damage gets past the first check), JPEG segments, the sizes in
/// WebP's and GIF's headers.
/// </summary>
internal static class PictureMutations
{
    private static readonly string[] ChunkTypes = ["IHDR", "PLTE", "IDAT", "tRNS", "iCCP", "zTXt", "iTXt", "eXIf", "acTL", "gAMA", "IEND", "xxxx"];

    private static readonly int[] Sides = [0, 1, 2, 16, 24, 255, 1_000, 5_000, 16_384, 16_385, 65_535, 8_000_000, int.MaxValue, -1, int.MinValue];

    public static byte[] Mutate(Chance chance, ValueKind kind, byte[] value) => kind switch
    {
        ValueKind.Png when value.Length > 33 => Png(chance, value),
        ValueKind.Jpeg when value.Length > 20 => Jpeg(chance, value),
        ValueKind.WebP when value.Length > 30 => Sized(chance, value, chance.Pick([4, 16, 20, 24, 26, 28]), isLittleEndian: true),
        ValueKind.Gif when value.Length > 20 => Sized(chance, value, chance.Pick([6, 8, 10, 11]), isLittleEndian: true),
        _ => ByteMutations.Mutate(chance, value),
    };

    private static byte[] Sized(Chance chance, byte[] value, int at, bool isLittleEndian)
    {
        int size = chance.Pick(Sides);
        if (isLittleEndian) BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(at), (ushort)size);
        else BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(at), (ushort)size);
        return value;
    }

    private static byte[] Png(Chance chance, byte[] value)
    {
        List<(int At, int Length)> chunks = Chunks(value);
        if (chunks.Count < 2) return ByteMutations.Mutate(chance, value);
        (int at, int length) = chance.Pick(chunks);
        switch (chance.Below(6))
        {
            case 0: // The header's width, height, depth, colour type, compression, filter or interlacing, under a sum that holds.
                int field = chance.Pick([0, 4, 8, 9, 10, 11, 12]);
                if (field < 8) BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(16 + field), chance.Pick(Sides));
                else value[16 + field] = (byte)chance.Pick([0, 1, 2, 3, 4, 6, 8, 16, 255]);
                Seal(value, 8, 13);
                return value;
            case 1:
                BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(at), chance.Pick([0, 1, length + 1, 65_536, int.MaxValue, -1]));
                return value;
            case 2: // Doubled, or left out.
                return chance.OneIn(2) ? [.. value[..at], .. value[at..(at + 12 + length)], .. value[at..]] : [.. value[..at], .. value[(at + 12 + length)..]];
            case 3:
                return [.. value[..at], .. Chunk(chance.Pick(ChunkTypes), chance.Bytes(chance.Size(400))), .. value[at..]];
            case 4:
                for (int i = Math.Min(length, 1 + chance.Below(4)); i > 0; i--) value[at + 8 + chance.Below(length)] ^= (byte)chance.Between(1, 255);
                Seal(value, at, length);
                return value;
            default:
                Encoding.ASCII.GetBytes(chance.Pick(ChunkTypes)).CopyTo(value, at + 4);
                Seal(value, at, length);
                return value;
        }
    }

    private static List<(int At, int Length)> Chunks(byte[] value)
    {
        var chunks = new List<(int, int)>();
        for (int at = 8; at + 12 <= value.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(value.AsSpan(at));
            if (length < 0 || length > value.Length - at - 12) break;
            chunks.Add((at, length));
            at += 12 + length;
        }

        return chunks;
    }

    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 4);
        data.CopyTo(chunk, 8);
        Seal(chunk, 0, data.Length);
        return chunk;
    }

    private static void Seal(byte[] value, int at, int length) =>
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(at + 8 + length), PngSum.Of(value.AsSpan(at + 4, 4 + length)));

    private static byte[] Jpeg(Chance chance, byte[] value)
    {
        List<(int At, int Length)> segments = Segments(value);
        if (segments.Count == 0) return ByteMutations.Mutate(chance, value);
        (int at, int length) = chance.Pick(segments);
        switch (chance.Below(5))
        {
            case 0:
                return Sized(chance, value, at + 2, isLittleEndian: false);
            case 1: // The frame header's height or width.
                int frame = segments.FindIndex(segment => value[segment.At + 1] is >= 0xC0 and <= 0xC2);
                return frame < 0 || segments[frame].At + 9 > value.Length
                    ? ByteMutations.Mutate(chance, value)
                    : Sized(chance, value, segments[frame].At + chance.Pick([5, 7]), isLittleEndian: false);
            case 2:
                return chance.OneIn(2) ? [.. value[..at], .. value[at..(at + length)], .. value[at..]] : [.. value[..at], .. value[(at + length)..]];
            case 3:
                byte[] body = chance.Bytes(chance.Size(300));
                return [.. value[..at], 0xFF, (byte)chance.Between(0xC0, 0xFE), (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body, .. value[at..]];
            default:
                for (int i = 1 + chance.Below(4); i > 0; i--) value[Math.Min(value.Length - 1, at + 4 + chance.Below(length))] ^= (byte)chance.Between(1, 255);
                return value;
        }
    }

    /// <summary>Marker segments before the first scan's data.</summary>
    private static List<(int At, int Length)> Segments(byte[] value)
    {
        var segments = new List<(int, int)>();
        for (int at = 2; at + 4 <= value.Length && value[at] == 0xFF;)
        {
            int length = 2 + BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(at + 2));
            if (at + length > value.Length) break;
            segments.Add((at, length));
            if (value[at + 1] == 0xDA) break;
            at += length;
        }

        return segments;
    }
}
