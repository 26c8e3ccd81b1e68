using System.Buffers;

namespace MessagePack.Compat.Tests;

/// <summary>Arrays (90-9f, dc, dd), maps (80-8f, de, df) and extensions (c7-c9, d4-d8), both ways, at the ends of each width.</summary>
public sealed class HeaderTests
{
    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc 00 10", "de 00 10")]
    [InlineData(65535, "dc ff ff", "de ff ff")]
    [InlineData(65536, "dd 00 01 00 00", "df 00 01 00 00")]
    public void Counts_have_the_header_of_their_width(int count, string array, string map)
    {
        byte[] arrayBytes = Bytes.Write((ref MessagePackWriter w) => w.WriteArrayHeader(count));
        byte[] mapBytes = Bytes.Write((ref MessagePackWriter w) => w.WriteMapHeader(count));
        Assert.Equal(Bytes.FromHex(array), arrayBytes);
        Assert.Equal(Bytes.FromHex(map), mapBytes);
        Assert.Equal(count, new MessagePackReader((byte[])[.. arrayBytes, .. new byte[count]]).ReadArrayHeader());
        Assert.Equal(count, new MessagePackReader((byte[])[.. mapBytes, .. new byte[2 * count]]).ReadMapHeader());
        Assert.True(new MessagePackReader(arrayBytes).TryReadArrayHeader(out int read));
        Assert.Equal(count, read);
        Assert.True(new MessagePackReader(mapBytes).TryReadMapHeader(out read));
        Assert.Equal(count, read);
    }

    [Theory]
    [InlineData(0, "c7 00 05")]
    [InlineData(1, "d4 05")]
    [InlineData(2, "d5 05")]
    [InlineData(3, "c7 03 05")]
    [InlineData(4, "d6 05")]
    [InlineData(8, "d7 05")]
    [InlineData(16, "d8 05")]
    [InlineData(17, "c7 11 05")]
    [InlineData(255, "c7 ff 05")]
    [InlineData(256, "c8 01 00 05")]
    [InlineData(65535, "c8 ff ff 05")]
    [InlineData(65536, "c9 00 01 00 00 05")]
    public void Extensions_have_the_header_of_their_length(int length, string header)
    {
        byte[] content = new byte[length];
        byte[] bytes = Bytes.Write((ref MessagePackWriter w) => w.WriteExtensionFormat(new ExtensionResult(5, content)));
        Assert.Equal([.. Bytes.FromHex(header), .. content], bytes);
        var reader = new MessagePackReader(bytes);
        Assert.Equal(new ExtensionHeader(5, length), reader.ReadExtensionFormatHeader());
        Assert.Equal(length, reader.ReadRaw(length).Length);
        Assert.True(reader.End);
        ExtensionResult result = new MessagePackReader(bytes).ReadExtensionFormat();
        Assert.Equal(5, result.TypeCode);
        Assert.Equal(content, result.Data.ToArray());
    }

    [Fact]
    public void A_header_of_another_type_is_refused()
    {
        byte[] text = Bytes.FromHex("a1 61");
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).ReadArrayHeader());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).ReadMapHeader());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).ReadExtensionFormatHeader());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(text).TryReadArrayHeader(out _));
    }

    [Fact]
    public void Every_single_code_is_read_by_its_own_members_only()
    {
        for (int code = 0; code < 256; code++)
        {
            byte[] bytes = [(byte)code, .. new byte[40]];
            MessagePackType type = MessagePackCode.ToMessagePackType((byte)code);
            Expect(type is MessagePackType.Integer, () => new MessagePackReader(bytes).ReadInt64());
            Expect(type is MessagePackType.Integer or MessagePackType.Float, () => new MessagePackReader(bytes).ReadDouble());
            Expect(type is MessagePackType.Boolean, () => new MessagePackReader(bytes).ReadBoolean());
            Expect(type is MessagePackType.Nil, () => new MessagePackReader(bytes).ReadNil());
            Expect(type is MessagePackType.String or MessagePackType.Nil, () => new MessagePackReader(bytes).ReadString());
            bool holdsBytes = type is MessagePackType.String or MessagePackType.Binary or MessagePackType.Nil;
            Expect(holdsBytes, () => new MessagePackReader(bytes).ReadBytes());
            Expect(type is MessagePackType.Array, () => new MessagePackReader(bytes).ReadArrayHeader());
            Expect(type is MessagePackType.Map, () => new MessagePackReader(bytes).ReadMapHeader());
            Expect(type is MessagePackType.Extension, () => new MessagePackReader(bytes).ReadExtensionFormatHeader());
        }
    }

    private static void Expect(bool readable, Action read)
    {
        if (readable) read();
        else Assert.Throws<MessagePackSerializationException>(read);
    }
}
