using SslAgent.Domain;
using SslAgent.Guarding.Drift;

namespace SslAgent.Guarding.Tests.Drift;

public sealed class BlockSidesTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(1e6)]
    public void Every_cut_is_what_its_sums_written_out_give_wherever_the_values_lie(double offset)
    {
        var chance = new Philox(new DrawKey(20261126, 0, 0, ChanceStream.Test));
        var blocks = new List<BlockWindow.Block>();
        for (int i = 0; i < 40; i++) blocks.Add(new BlockWindow.Block(offset + (i >= 25 ? 1 : 0) + Math.Sin(i) + chance.NextDouble(), chance.NextDouble()));
        var sides = new BlockSides(blocks);
        Assert.Equal(blocks.Average(block => block.Variance), sides.VarianceMean, 1e-12);
        for (int cut = 1; cut < blocks.Count; cut++)
        {
            double before = blocks.Take(cut).Average(block => block.Mean), after = blocks.Skip(cut).Average(block => block.Mean);
            double[] rest = [.. blocks.Select((block, index) => block.Mean - (index < cut ? before : after))];
            double squares = rest.Sum(value => value * value), lagged = rest.Zip(rest.Skip(1), (left, right) => left * right).Sum();
            double correlation = Math.Clamp(lagged / squares, 0, 0.9);
            double spread = Math.Sqrt(squares / (rest.Length - 2) * (1 + correlation) / (1 - correlation) * (1.0 / cut + 1.0 / (rest.Length - cut)));
            (double Shift, double Spread) told = sides.Compare(cut);
            Assert.Equal(Math.Abs(after - before), told.Shift, 1e-8);
            Assert.Equal(spread, told.Spread, 1e-8);
            Assert.Equal(before, sides.MeansAt(cut).Before, 1e-8);
            Assert.Equal(after, sides.MeansAt(cut).After, 1e-8);
        }
    }

    [Fact]
    public void A_sequence_that_never_moves_has_no_shift()
    {
        var sides = new BlockSides([.. Enumerable.Repeat(new BlockWindow.Block(0.1, 0), 20)]);
        for (int cut = 1; cut < 20; cut++) Assert.Equal(0, sides.Compare(cut).Shift, 1e-15);
    }
}
