using System.Text;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Text;

namespace SslAgent.Learning.Tests.Batches;

public sealed class TokenBatchTests
{
    [Fact]
    public void Texts_are_framed_by_start_and_end_and_rows_are_as_wide_as_the_longest_in_steps_of_eight()
    {
        TokenBatch batch = TokenBatch.Encode(new ByteTokenizer(), [Line("ab"), Line("abcdefghi")], 64);
        Assert.Equal((2, 16), (batch.Rows, batch.Width));
        Assert.Equal([4, 11], batch.Lengths);
        Assert.Equal([SpecialTokens.Start, 'a' + 4, 'b' + 4, SpecialTokens.End], batch.Row(0).ToArray());
        Assert.All(batch.Ids[4..16], id => Assert.Equal(SpecialTokens.Padding, id));
    }

    [Fact]
    public void A_long_text_is_cut_and_still_closed()
    {
        TokenBatch batch = TokenBatch.Encode(new ByteTokenizer(), [Line(new string('x', 500))], 12);
        Assert.Equal(12, batch.Width);
        Assert.Equal(12, batch.Lengths[0]);
        Assert.Equal(SpecialTokens.End, batch.Ids[11]);
    }

    private static Domain.Text Line(string text) => new(Encoding.UTF8.GetBytes(text));
}
