using System.Numerics;

namespace MessagePack.Compat.Tests;

/// <summary>The integer codes 00-7f, cc-d3, e0-ff, both ways, against the specification's layouts.</summary>
public sealed class IntegerTests
{
    /// <summary>Each code at the ends of its range; the last column: whether it is the shortest form, which the writer must choose.</summary>
    public static readonly TheoryData<string, long, bool> Vectors = new()
    {
        { "00", 0, true }, { "01", 1, true }, { "7f", 127, true },
        { "ff", -1, true }, { "e0", -32, true }, { "f0", -16, true },
        { "cc 80", 128, true }, { "cc ff", 255, true }, { "cc 00", 0, false },
        { "cd 01 00", 256, true }, { "cd ff ff", 65535, true }, { "cd 00 07", 7, false },
        { "ce 00 01 00 00", 65536, true }, { "ce ff ff ff ff", 4294967295, true }, { "ce 00 00 00 09", 9, false },
        { "cf 00 00 00 01 00 00 00 00", 4294967296, true }, { "cf 7f ff ff ff ff ff ff ff", long.MaxValue, true },
        { "d0 df", -33, true }, { "d0 80", -128, true }, { "d0 7f", 127, false },
        { "d1 ff 7f", -129, true }, { "d1 80 00", -32768, true }, { "d1 00 01", 1, false },
        { "d2 ff ff 7f ff", -32769, true }, { "d2 80 00 00 00", int.MinValue, true }, { "d2 00 00 00 02", 2, false },
        { "d3 ff ff ff ff 7f ff ff ff", -2147483649, true }, { "d3 80 00 00 00 00 00 00 00", long.MinValue, true },
        { "d3 00 00 00 00 00 00 00 03", 3, false },
    };

    [Theory, MemberData(nameof(Vectors))]
    public void Every_code_reads_into_every_type_that_holds_it_and_overflows_the_others(string hex, long value, bool shortest)
    {
        byte[] bytes = Bytes.FromHex(hex);
        Check(bytes, value, (ref MessagePackReader r) => r.ReadByte());
        Check(bytes, value, (ref MessagePackReader r) => r.ReadSByte());
        Check(bytes, value, (ref MessagePackReader r) => r.ReadUInt16());
        Check(bytes, value, (ref MessagePackReader r) => r.ReadInt16());
        Check(bytes, value, (ref MessagePackReader r) => r.ReadUInt32());
        Check(bytes, value, (ref MessagePackReader r) => r.ReadInt32());
        Check(bytes, value, (ref MessagePackReader r) => r.ReadUInt64());
        Check(bytes, value, (ref MessagePackReader r) => r.ReadInt64());
        if (shortest) Assert.Equal(Bytes.ToHex(bytes), Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write(value))));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void The_length_of_an_encoding_is_known_beforehand(string hex, long value, bool shortest)
    {
        int length = MessagePackWriter.GetEncodedLength(value);
        if (shortest) Assert.Equal(Bytes.FromHex(hex).Length, length);
        else Assert.True(length < Bytes.FromHex(hex).Length);
    }

    [Fact]
    public void Unsigned_64_bit_numbers_above_the_signed_range_read_only_as_unsigned()
    {
        byte[] bytes = Bytes.FromHex("cf ff ff ff ff ff ff ff fe");
        var reader = new MessagePackReader(bytes);
        Assert.Equal(ulong.MaxValue - 1, reader.ReadUInt64());
        Assert.True(reader.End);
        Assert.Throws<OverflowException>(() => new MessagePackReader(bytes).ReadInt64());
        Assert.Throws<OverflowException>(() => new MessagePackReader(bytes).ReadInt32());
        Assert.Equal(bytes, Bytes.Write((ref MessagePackWriter w) => w.Write(ulong.MaxValue - 1)));
        Assert.Equal(9, MessagePackWriter.GetEncodedLength(ulong.MaxValue));
    }

    [Fact]
    public void Every_narrow_type_is_written_in_the_shortest_form()
    {
        Assert.Equal("cc80", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write((byte)128))));
        Assert.Equal("d080", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write(sbyte.MinValue))));
        Assert.Equal("cd0100", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write((ushort)256))));
        Assert.Equal("d18000", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write(short.MinValue))));
        Assert.Equal("ceffffffff", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write(uint.MaxValue))));
        Assert.Equal("d280000000", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write(int.MinValue))));
        Assert.Equal("cd20ac", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write('€'))));
        Assert.Equal('€', new MessagePackReader(Bytes.FromHex("cd20ac")).ReadChar());
    }

    private delegate T Reading<T>(ref MessagePackReader reader);

    private static void Check<T>(byte[] bytes, long value, Reading<T> read)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        bool fits = Int128.CreateChecked(T.MinValue) <= value && value <= Int128.CreateChecked(T.MaxValue);
        if (!fits)
        {
            Assert.Throws<OverflowException>(() => { var over = new MessagePackReader(bytes); read(ref over); });
            return;
        }

        var reader = new MessagePackReader(bytes);
        Assert.Equal(T.CreateChecked(value), read(ref reader));
        Assert.Equal(bytes.Length, reader.Consumed);
    }
}
