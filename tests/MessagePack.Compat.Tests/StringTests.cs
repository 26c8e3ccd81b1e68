using System.Buffers;
using System.Text;

namespace MessagePack.Compat.Tests;

/// <summary>Strings (a0-bf, d9-db) and binaries (c4-c6), both ways, at the ends of each width.</summary>
public sealed class StringTests
{
    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d9 20")]
    [InlineData(255, "d9 ff")]
    [InlineData(256, "da 01 00")]
    [InlineData(65535, "da ff ff")]
    [InlineData(65536, "db 00 01 00 00")]
    public void A_string_has_the_header_of_its_length_in_bytes(int length, string header)
    {
        string text = new('x', length);
        byte[] bytes = Bytes.Write((ref MessagePackWriter w) => w.Write(text));
        Assert.Equal([.. Bytes.FromHex(header), .. Encoding.UTF8.GetBytes(text)], bytes);
        Assert.Equal(bytes, Bytes.Write((ref MessagePackWriter w) => w.WriteString(Encoding.UTF8.GetBytes(text))));
        var utf8 = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text));
        Assert.Equal(bytes, Bytes.Write((ref MessagePackWriter w) => w.WriteString(utf8)));
        var reader = new MessagePackReader(bytes);
        Assert.Equal(text, reader.ReadString());
        Assert.True(reader.End);
        Assert.True(new MessagePackReader(bytes).TryReadStringSpan(out ReadOnlySpan<byte> span));
        Assert.Equal(length, span.Length);
        Assert.Equal(length, new MessagePackReader(bytes).ReadStringSequence()!.Value.Length);
    }

    [Theory]
    [InlineData(0, "c4 00")]
    [InlineData(255, "c4 ff")]
    [InlineData(256, "c5 01 00")]
    [InlineData(65535, "c5 ff ff")]
    [InlineData(65536, "c6 00 01 00 00")]
    public void A_binary_has_the_header_of_its_length(int length, string header)
    {
        byte[] content = new byte[length];
        content.AsSpan().Fill(0xc1);
        byte[] bytes = Bytes.Write((ref MessagePackWriter w) => w.Write(content));
        Assert.Equal([.. Bytes.FromHex(header), .. content], bytes);
        Assert.Equal(bytes, Bytes.Write((ref MessagePackWriter w) => w.Write(content.AsSpan())));
        Assert.Equal(bytes, Bytes.Write((ref MessagePackWriter w) => w.Write(Bytes.Segmented(content, 1000))));
        var reader = new MessagePackReader(bytes);
        Assert.Equal(content, reader.ReadBytes()!.Value.ToArray());
        Assert.True(reader.End);
    }

    [Fact]
    public void Nil_stands_for_no_string_and_no_binary()
    {
        byte[] nil = Bytes.Write((ref MessagePackWriter w) =>
        {
            w.Write((string?)null);
            w.Write((byte[]?)null);
        });
        Assert.Equal("c0c0", Bytes.ToHex(nil));
        var reader = new MessagePackReader(nil);
        Assert.False(reader.TryReadStringSpan(out _));
        Assert.Null(reader.ReadString());
        Assert.Null(reader.ReadBytes());
        Assert.Null(new MessagePackReader(nil).ReadStringSequence());
    }

    [Fact]
    public void A_string_may_stand_where_a_binary_is_expected_but_not_the_other_way_round()
    {
        Assert.Equal("ab"u8.ToArray(), new MessagePackReader(Bytes.FromHex("a2 61 62")).ReadBytes()!.Value.ToArray());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("c4 01 61")).ReadString());
    }

    [Fact]
    public void Invalid_text_becomes_replacement_characters()
    {
        Assert.Equal("a\uFFFDb", new MessagePackReader(Bytes.FromHex("a3 61 ff 62")).ReadString());
        Assert.Equal("a3efbfbd", Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write("\uD800"))));
    }

    [Fact]
    public void Characters_of_every_width_survive_in_one_piece_and_in_segments_of_one_byte()
    {
        const string text = "aé€😀 größer 日本語";
        byte[] bytes = Bytes.Write((ref MessagePackWriter w) => w.Write(text));
        Assert.Equal(text, new MessagePackReader(bytes).ReadString());
        Assert.Equal(text, new MessagePackReader(Bytes.Segmented(bytes, 1)).ReadString());
        var split = new MessagePackReader(Bytes.Segmented(bytes, 4));
        Assert.False(split.TryReadStringSpan(out _));
        Assert.Equal(0, split.Consumed);
        Assert.Equal(text, split.ReadString());
    }
}
