using System.Buffers;
using System.Buffers.Binary;
using MessagePack;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>Mutations that know where MessagePack's values begin: other types, huge counts, deep nesting, doubled keys, extreme numbers.</summary>
internal static class MessagePackMutations
{
    private static readonly string[] Keys = ["v", "kind", "data", "text", "source", "pair", "id", "ts", "format", "width", "height", "caption", "other", ""];

    private static readonly double[] Doubles =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1, -0.0, 1e300, 253_402_300_799_999, 253_402_300_800_000, double.Epsilon, 4.5e15];

    private static readonly long[] Longs = [0, 1, -1, -32, 2, 16, 24, 65_536, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1_700_000_000_000];

    public static byte[] Mutate(Chance chance, byte[] value)
    {
        List<(int At, int Length)> tokens = Tokens(value);
        if (tokens.Count == 0) return ByteMutations.Mutate(chance, value);
        (int at, int length) = chance.Pick(tokens);
        return chance.Below(5) switch
        {
            0 or 1 => [.. value[..at], .. AnyValue(chance), .. value[(at + length)..]],
            2 => [.. value[..at], .. HugeHeader(chance), .. value[Math.Min(value.Length, at + 1)..]],
            3 => Extended(chance, value),
            _ => [.. value[..at], .. Nested(chance, chance.Size(4_000)), .. value[(at + length)..]],
        };
    }

    /// <summary>Where each value begins and how many bytes it has; of maps and arrays the header alone.</summary>
    private static List<(int At, int Length)> Tokens(byte[] value)
    {
        var tokens = new List<(int, int)>();
        var reader = new MessagePackReader(value);
        try
        {
            while (!reader.End && tokens.Count < 200)
            {
                int at = (int)reader.Consumed;
                if (reader.NextMessagePackType == MessagePackType.Map) reader.ReadMapHeader();
                else if (reader.NextMessagePackType == MessagePackType.Array) reader.ReadArrayHeader();
                else reader.Skip();
                tokens.Add((at, (int)reader.Consumed - at));
            }
        }
        catch (Exception broken) when (broken is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            // Mutated before: what was found until here will do.
        }

        return tokens;
    }

    private static byte[] AnyValue(Chance chance)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        Write(chance, ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Chance chance, ref MessagePackWriter writer)
    {
        switch (chance.Below(11))
        {
            case 0:
                writer.WriteNil();
                break;
            case 1:
                writer.Write(chance.OneIn(2));
                break;
            case 2 or 3:
                writer.Write(chance.Pick(Longs));
                break;
            case 4:
                writer.Write(ulong.MaxValue);
                break;
            case 5:
                writer.Write(chance.Pick(Doubles));
                break;
            case 6:
                writer.Write((float)chance.Pick(Doubles));
                break;
            case 7:
                writer.Write(chance.OneIn(2) ? chance.Pick(Keys) : new string('x', chance.Size(2_000)));
                break;
            case 8:
                writer.Write(chance.Bytes(chance.Size(2_000)));
                break;
            case 9:
                writer.WriteRaw(Timestamp(chance));
                break;
            default:
                writer.WriteRaw(Nested(chance, chance.Below(4)));
                break;
        }
    }

    /// <summary>An extension, mostly of the timestamp's type, with contents from the first to the last second that the format can say.</summary>
    private static byte[] Timestamp(Chance chance)
    {
        sbyte type = chance.OneIn(3) ? (sbyte)chance.Between(sbyte.MinValue, sbyte.MaxValue) : (sbyte)-1;
        byte[] seconds = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(seconds, chance.OneIn(2) ? chance.Pick(Longs) : chance.Long());
        return chance.Below(4) switch
        {
            0 => [0xD6, (byte)type, .. seconds[4..]],
            1 => [0xD7, (byte)type, .. chance.Bytes(4), .. seconds[4..]],
            2 => [0xC7, 12, (byte)type, .. chance.Bytes(4), .. seconds],
            _ => [0xC7, (byte)chance.Below(256), (byte)type, .. chance.Bytes(16)],
        };
    }

    /// <summary>The header of a string, binary, array, map or extension that says more than there can be.</summary>
    private static byte[] HugeHeader(Chance chance) =>
        [chance.Pick<byte>([0xDB, 0xC6, 0xDD, 0xDF, 0xC9]), chance.Pick<byte>([0x00, 0x01, 0x7F, 0x80, 0xFF]), .. chance.Bytes(3)];

    private static byte[] Nested(Chance chance, int depth)
    {
        byte[] level = chance.OneIn(2) ? [0x91] : [0x81, 0xA1, (byte)'k'], nested = new byte[(depth * level.Length) + 1];
        for (int i = 0; i < depth; i++) level.CopyTo(nested, i * level.Length);
        nested[^1] = 0xC0;
        return nested;
    }

    /// <summary>One more pair in the map: a key that is there already, or a foreign one, with any value.</summary>
    private static byte[] Extended(Chance chance, byte[] value)
    {
        if (value[0] is < 0x80 or >= 0x8F) return value;
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        if (chance.OneIn(6)) Write(chance, ref writer);
        else writer.Write(chance.Pick(Keys));
        Write(chance, ref writer);
        writer.Flush();
        return [(byte)(value[0] + 1), .. buffer.WrittenSpan, .. value[1..]];
    }
}
