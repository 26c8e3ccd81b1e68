namespace MessagePack.Compat.Tests;

/// <summary>The floating-point codes ca and cb, nil, the booleans, and numbers read as floating point.</summary>
public sealed class FloatTests
{
    [Theory]
    [InlineData("ca 3f c0 00 00", 1.5)]
    [InlineData("cb 40 09 21 fb 54 44 2d 18", Math.PI)]
    [InlineData("ca 7f 80 00 00", double.PositiveInfinity)]
    [InlineData("cb 7f f8 00 00 00 00 00 00", double.NaN)]
    [InlineData("ff", -1)]
    [InlineData("cd ff ff", 65535)]
    [InlineData("cf ff ff ff ff ff ff ff ff", 18446744073709551615.0)]
    [InlineData("d3 80 00 00 00 00 00 00 00", -9223372036854775808.0)]
    public void Any_number_reads_as_floating_point(string hex, double value)
    {
        var reader = new MessagePackReader(Bytes.FromHex(hex));
        Assert.Equal(value, reader.ReadDouble());
        Assert.True(reader.End);
        reader = new MessagePackReader(Bytes.FromHex(hex));
        Assert.Equal((float)value, reader.ReadSingle());
        Assert.True(reader.End);
    }

    [Fact]
    public void Floating_point_numbers_are_written_in_their_own_width()
    {
        Assert.Equal("ca3fc00000", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write(1.5f))));
        Assert.Equal("cb3ff8000000000000", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write(1.5))));
    }

    [Fact]
    public void A_floating_point_number_is_no_integer() =>
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("ca3fc00000")).ReadInt32());

    [Fact]
    public void Nil_and_booleans_have_one_byte_each()
    {
        byte[] bytes = Bytes.Write((ref MessagePackWriter w) =>
        {
            w.WriteNil();
            w.Write(false);
            w.Write(true);
        });
        Assert.Equal("c0c2c3", Bytes.ToHex(bytes));
        var reader = new MessagePackReader(bytes);
        Assert.True(reader.IsNil);
        Assert.True(reader.TryReadNil());
        Assert.False(reader.TryReadNil());
        Assert.False(reader.ReadBoolean());
        Assert.True(reader.ReadBoolean());
        Assert.True(reader.End);
        Assert.Equal(Nil.Default, new MessagePackReader(bytes).ReadNil());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(bytes).ReadBoolean());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("c2")).ReadNil());
    }
}
