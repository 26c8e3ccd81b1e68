namespace MessagePack.Compat.Tests;

/// <summary>All 256 codes, against the specification's overview table.</summary>
public sealed class CodeTests
{
    [Fact]
    public void Every_code_has_the_type_and_name_of_the_specification()
    {
        var expected = new (int First, int Last, MessagePackType Type, string Name)[]
        {
            (0x00, 0x7f, MessagePackType.Integer, "positive fixint"), (0x80, 0x8f, MessagePackType.Map, "fixmap"),
            (0x90, 0x9f, MessagePackType.Array, "fixarray"), (0xa0, 0xbf, MessagePackType.String, "fixstr"),
            (0xc0, 0xc0, MessagePackType.Nil, "nil"), (0xc1, 0xc1, MessagePackType.Unknown, "(never used)"),
            (0xc2, 0xc2, MessagePackType.Boolean, "false"), (0xc3, 0xc3, MessagePackType.Boolean, "true"),
            (0xc4, 0xc4, MessagePackType.Binary, "bin 8"), (0xc5, 0xc5, MessagePackType.Binary, "bin 16"),
            (0xc6, 0xc6, MessagePackType.Binary, "bin 32"), (0xc7, 0xc7, MessagePackType.Extension, "ext 8"),
            (0xc8, 0xc8, MessagePackType.Extension, "ext 16"), (0xc9, 0xc9, MessagePackType.Extension, "ext 32"),
            (0xca, 0xca, MessagePackType.Float, "float 32"), (0xcb, 0xcb, MessagePackType.Float, "float 64"),
            (0xcc, 0xcc, MessagePackType.Integer, "uint 8"), (0xcd, 0xcd, MessagePackType.Integer, "uint 16"),
            (0xce, 0xce, MessagePackType.Integer, "uint 32"), (0xcf, 0xcf, MessagePackType.Integer, "uint 64"),
            (0xd0, 0xd0, MessagePackType.Integer, "int 8"), (0xd1, 0xd1, MessagePackType.Integer, "int 16"),
            (0xd2, 0xd2, MessagePackType.Integer, "int 32"), (0xd3, 0xd3, MessagePackType.Integer, "int 64"),
            (0xd4, 0xd4, MessagePackType.Extension, "fixext 1"), (0xd5, 0xd5, MessagePackType.Extension, "fixext 2"),
            (0xd6, 0xd6, MessagePackType.Extension, "fixext 4"), (0xd7, 0xd7, MessagePackType.Extension, "fixext 8"),
            (0xd8, 0xd8, MessagePackType.Extension, "fixext 16"), (0xd9, 0xd9, MessagePackType.String, "str 8"),
            (0xda, 0xda, MessagePackType.String, "str 16"), (0xdb, 0xdb, MessagePackType.String, "str 32"),
            (0xdc, 0xdc, MessagePackType.Array, "array 16"), (0xdd, 0xdd, MessagePackType.Array, "array 32"),
            (0xde, 0xde, MessagePackType.Map, "map 16"), (0xdf, 0xdf, MessagePackType.Map, "map 32"),
            (0xe0, 0xff, MessagePackType.Integer, "negative fixint"),
        };
        int next = 0;
        foreach ((int first, int last, MessagePackType type, string name) in expected)
        {
            Assert.Equal(next, first);
            for (int code = first; code <= last; code++)
            {
                Assert.Equal(type, MessagePackCode.ToMessagePackType((byte)code));
                Assert.Equal(name, MessagePackCode.ToFormatName((byte)code));
                Assert.Equal(type, new MessagePackReader(new[] { (byte)code }).NextMessagePackType);
            }

            next = last + 1;
        }

        Assert.Equal(256, next);
    }
}
