namespace SslAgent.Domain.Tests;

public sealed class PhiloxTests
{
    /// <summary>Known answers of philox4x32-10 from the Random123 distribution (kat_vectors).</summary>
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Gives_the_published_answers(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
    {
        Assert.Equal((r0, r1, r2, r3), Philox.Block((c0, c1, c2, c3), (k0, k1)));
    }

    [Fact]
    public void The_same_key_gives_the_same_numbers_whatever_was_drawn_before()
    {
        var key = new DrawKey(17, 3, 5, ChanceStream.Test);
        var first = new Philox(key);
        uint[] expected = [.. Enumerable.Range(0, 100).Select(_ => first.NextUInt32())];
        var other = new Philox(key with { Step = 6 });
        _ = other.NextUInt64();
        var second = new Philox(key);
        uint[] again = [.. Enumerable.Range(0, 100).Select(_ => second.NextUInt32())];
        Assert.Equal(expected, again);
    }

    [Fact]
    public void Every_field_of_a_key_changes_the_numbers()
    {
        var key = new DrawKey(17, 3, 5, ChanceStream.Test, 1);
        DrawKey[] keys =
        [
            key, key with { Seed = 18 }, key with { Seed = 17 | (1UL << 40) }, key with { Cycle = 4 }, key with { Step = 6 },
            key with { Stream = ChanceStream.Masking }, key with { Part = 2 },
        ];
        Assert.Equal(keys.Length, keys.Select(k => new Philox(k).NextUInt64()).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Bounded_draws_are_uniform(int bound)
    {
        const int Draws = 100_000;
        var philox = new Philox(new DrawKey(1, 1, 1, ChanceStream.Test));
        var counts = new int[bound];
        for (int i = 0; i < Draws; i++) counts[philox.NextInt(bound)]++;
        double expected = (double)Draws / bound;
        double chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        // Mean bound-1, variance 2(bound-1): five standard deviations.
        Assert.True(chiSquare <= bound - 1 + 5 * Math.Sqrt(2.0 * bound), $"chi-square {chiSquare} for bound {bound}");
    }

    [Fact]
    public void Doubles_stay_in_the_unit_interval_and_average_a_half()
    {
        var philox = new Philox(new DrawKey(2, 1, 1, ChanceStream.Test));
        double sum = 0;
        for (int i = 0; i < 100_000; i++)
        {
            double x = philox.NextDouble();
            Assert.InRange(x, 0, 1 - 1e-16);
            sum += x;
        }

        Assert.Equal(0.5, sum / 100_000, 0.005);
    }

    [Fact]
    public void A_shuffle_reaches_every_order_equally_often()
    {
        var philox = new Philox(new DrawKey(3, 1, 1, ChanceStream.Test));
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < 24_000; i++)
        {
            char[] letters = ['a', 'b', 'c', 'd'];
            philox.Shuffle<char>(letters);
            string order = new(letters);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 840, 1160));
    }
}
