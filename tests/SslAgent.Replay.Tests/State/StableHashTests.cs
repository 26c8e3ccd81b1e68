using System.Text;

namespace SslAgent.Replay.Tests.State;

public sealed class StableHashTests
{
    [Theory]
    // Known answers of xxHash64, seed 0 and as given.
    [InlineData("", 0, 0xEF46DB3751D8E999UL)]
    [InlineData("a", 0, 0xD24EC4F1A98C6E5BUL)]
    [InlineData("abc", 0, 0x44BC2CF5AD770999UL)]
    [InlineData("Nobody inspects the spammish repetition", 0, 0xFBCEA83C8A378BF1UL)]
    public void It_is_xxHash64(string text, ulong seed, ulong expected)
    {
        Assert.Equal(expected, StableHash.Of(Encoding.UTF8.GetBytes(text), seed));
        Assert.Equal(expected, StableHash.Of(text, seed));
    }

    [Fact]
    public void The_seed_and_every_byte_matter()
    {
        byte[] bytes = new byte[71];
        var hashes = new HashSet<ulong> { StableHash.Of(bytes), StableHash.Of(bytes, 1), StableHash.Of(bytes.AsSpan(1)) };
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = 1;
            hashes.Add(StableHash.Of(bytes));
            bytes[i] = 0;
        }

        Assert.Equal(3 + bytes.Length, hashes.Count);
    }
}
