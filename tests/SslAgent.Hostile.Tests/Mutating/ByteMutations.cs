using System.Buffers.Binary;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>Mutations that know nothing of the bytes: what a broken network, a broken disk or a half-written file makes of a message.</summary>
internal static class ByteMutations
{
    private const int GrownMax = 1 << 17;

    private static readonly long[] Extremes =
        [0, 1, -1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0, long.MaxValue, long.MinValue];

    public static byte[] Mutate(Chance chance, byte[] value)
    {
        if (value.Length == 0) return chance.Bytes(chance.Size(64));
        int at = chance.Below(value.Length), length = Math.Min(value.Length - at, 1 + chance.Size(256));
        return chance.Below(10) switch
        {
            0 => Flip(chance, value),
            1 => Over(value, at, chance.Bytes(length)),
            2 => value[..at],
            3 => [.. value[..at], .. value[(at + length)..]],
            4 => [.. value[..at], .. chance.Bytes(length), .. value[at..]],
            5 => Repeat(chance, value, at, length),
            6 => Over(value, at, Filled(length, chance.Pick<byte>([0, 0xFF, 0x7F, 0x80, (byte)' ']))),
            7 => Number(chance, value, at),
            8 => Number(chance, value, Math.Min(at, 40)),
            _ => Swap(chance, value, at, length),
        };
    }

    /// <summary>The beginning of one message and the end of another.</summary>
    public static byte[] Splice(Chance chance, byte[] head, byte[] tail) =>
        [.. head[..chance.Below(head.Length + 1)], .. tail[chance.Below(tail.Length + 1)..]];

    private static byte[] Flip(Chance chance, byte[] value)
    {
        for (int flips = 1 + chance.Size(16); flips > 0; flips--) value[chance.Below(value.Length)] ^= (byte)(1 << chance.Below(8));
        return value;
    }

    private static byte[] Over(byte[] value, int at, byte[] bytes)
    {
        bytes.AsSpan(0, Math.Min(bytes.Length, value.Length - at)).CopyTo(value.AsSpan(at));
        return value;
    }

    private static byte[] Filled(int length, byte with)
    {
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill(with);
        return bytes;
    }

    private static byte[] Repeat(Chance chance, byte[] value, int at, int length)
    {
        int times = 1 + (chance.OneIn(8) ? chance.Below(Math.Max(1, GrownMax / length)) : chance.Below(4));
        byte[] block = value[at..(at + length)], grown = new byte[value.Length + (times * length)];
        value.AsSpan(0, at).CopyTo(grown);
        for (int i = 0; i < times; i++) block.CopyTo(grown, at + (i * length));
        value.AsSpan(at).CopyTo(grown.AsSpan(at + (times * length)));
        return grown;
    }

    /// <summary>An extreme number of 1, 2, 4 or 8 bytes, in either order of bytes: lengths, sizes and counts blown up.</summary>
    private static byte[] Number(Chance chance, byte[] value, int at)
    {
        byte[] number = new byte[8];
        long extreme = chance.Pick(Extremes);
        int width = chance.Pick([1, 2, 4, 8]);
        if (chance.OneIn(2))
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, extreme);
            return Over(value, at, number[..width]);
        }

        BinaryPrimitives.WriteInt64BigEndian(number, extreme);
        return Over(value, at, number[^width..]);
    }

    private static byte[] Swap(Chance chance, byte[] value, int at, int length)
    {
        int other = chance.Below(value.Length - length + 1);
        byte[] here = value[at..(at + length)], there = value[other..(other + length)];
        return Over(Over(value, at, there), other, here);
    }
}
