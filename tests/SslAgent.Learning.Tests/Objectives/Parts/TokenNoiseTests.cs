using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Text;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class TokenNoiseTests
{
    private const int Length = 40, InUse = 1000;

    private static readonly int[] Tokens = [.. Enumerable.Range(100, Length)];

    [Fact]
    public void A_share_of_the_tokens_is_replaced_by_ones_that_exist_and_the_others_stay()
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test));
        var strangers = 0;
        for (var time = 0; time < 200; time++)
        {
            int[] noisy = After(TokenNoiseKind.Replaced, ref chance);
            int changed = noisy.Zip(Tokens).Count(pair => pair.First != pair.Second);
            Assert.InRange(changed, 4, 6); // six of forty, and now and then a token takes its own place
            Assert.All(noisy, token => Assert.InRange(token, SpecialTokens.Count, InUse - 1));
            strangers += noisy.Count(token => token is < 100 or >= 100 + Length);
        }

        Assert.True(strangers > 200 * 5, $"{strangers} of 1200 replaced tokens are of no text");
    }

    [Fact]
    public void What_follows_a_deleted_token_moves_up_and_mask_tokens_fill_the_end()
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 1, ChanceStream.Test));
        for (var time = 0; time < 200; time++)
        {
            int[] noisy = After(TokenNoiseKind.Deleted, ref chance);
            Assert.All(noisy[^6..], token => Assert.Equal(SpecialTokens.Mask, token));
            int[] left = noisy[..^6];
            Assert.Equal(Tokens.Intersect(left), left); // the order is the old one
            Assert.Equal(Length - 6, left.Distinct().Count());
        }
    }

    [Fact]
    public void A_shuffled_token_moves_three_places_at_most_and_none_is_lost()
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 2, ChanceStream.Test));
        int furthest = 0, moved = 0;
        for (var time = 0; time < 200; time++)
        {
            int[] noisy = After(TokenNoiseKind.Shuffled, ref chance);
            Assert.Equal(Tokens, noisy.Order());
            int[] ways = [.. noisy.Select((token, place) => Math.Abs(token - 100 - place))];
            furthest = Math.Max(furthest, ways.Max());
            moved += ways.Count(way => way > 0);
        }

        Assert.Equal(TokenNoise.DistanceMax, furthest);
        Assert.InRange(moved / (200.0 * Length), 0.4, 0.95);
    }

    [Fact]
    public void The_shortest_texts_are_not_emptied()
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 3, ChanceStream.Test));
        foreach (TokenNoiseKind kind in Enum.GetValues<TokenNoiseKind>())
        {
            int[] none = [], one = [100], two = [100, 101];
            TokenNoise.Apply(kind, none, 0.15, InUse, ref chance);
            TokenNoise.Apply(kind, one, 0.15, InUse, ref chance);
            TokenNoise.Apply(kind, two, 1, InUse, ref chance);
            Assert.NotEqual(SpecialTokens.Mask, one[0]);
            Assert.NotEqual(SpecialTokens.Mask, two[0]);
        }
    }

    private static int[] After(TokenNoiseKind kind, ref Philox chance)
    {
        int[] noisy = [.. Tokens];
        TokenNoise.Apply(kind, noisy, 0.15, InUse, ref chance);
        return noisy;
    }
}
