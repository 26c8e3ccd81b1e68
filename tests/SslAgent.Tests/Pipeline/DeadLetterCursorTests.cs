using SslAgent.Pipeline;

namespace SslAgent.Tests.Pipeline;

public sealed class DeadLetterCursorTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4711)]
    [InlineData(long.MaxValue)]
    public void A_cursor_survives_its_bytes_and_no_flipped_bit_is_believed(long through)
    {
        byte[] bytes = DeadLetterCursor.Bytes(through);
        Assert.Equal(through, DeadLetterCursor.Read(bytes));
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(DeadLetterCursor.None, DeadLetterCursor.Read(damaged));
        }
    }

    [Fact]
    public void What_is_cut_short_is_no_cursor() => Assert.Equal(DeadLetterCursor.None, DeadLetterCursor.Read(DeadLetterCursor.Bytes(7).AsSpan(0, 8)));
}
