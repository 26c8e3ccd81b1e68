using SslAgent.Continual.Measures;
using SslAgent.Domain;

namespace SslAgent.Continual.Tests.Measures;

public sealed class PairedBootstrapTests
{
    private const ulong Seed = 5;

    [Fact]
    public void A_steady_difference_is_found_though_items_differ_much_more()
    {
        Interval found = PairedBootstrap.Difference(Draw(3, 200, shift: 0.1f), Items.OfEachSeed);
        Assert.InRange(found.Estimate, 0.09, 0.11);
        Assert.True(found.Low > 0, $"seed {Seed}: {found}");
    }

    [Fact]
    public void Where_there_is_no_difference_the_interval_holds_zero()
    {
        Interval found = PairedBootstrap.Difference(Draw(3, 200, shift: 0), Items.OfEachSeed);
        Assert.True(found.Low < 0 && found.High > 0, $"seed {Seed}: {found}");
    }

    [Fact]
    public void Seeds_that_disagree_make_the_interval_wide()
    {
        (float[], float[])[] agree = [.. Draw(4, 200, shift: 0.1f)];
        (float[], float[])[] disagree = [.. Draw(2, 200, shift: 0.5f), .. Draw(2, 200, shift: -0.3f)];
        Interval narrow = PairedBootstrap.Difference(agree, Items.OfEachSeed), wide = PairedBootstrap.Difference(disagree, Items.OfEachSeed);
        Assert.True(wide.High - wide.Low > 10 * (narrow.High - narrow.Low), $"seed {Seed}: {narrow}, {wide}");
    }

    [Fact]
    public void Asking_more_seeds_about_the_same_items_makes_no_more_items_of_them()
    {
        var chance = new Philox(new DrawKey(Seed, 2, 0, ChanceStream.Test));
        float[] first = [.. Marks(ref chance)], second = [.. Marks(ref chance)];
        Interval one = PairedBootstrap.Difference([(first, second)], Items.Shared);
        Interval nine = PairedBootstrap.Difference([.. Enumerable.Repeat((first, second), 9)], Items.Shared);
        Interval taken = PairedBootstrap.Difference([.. Enumerable.Repeat((first, second), 9)], Items.OfEachSeed);
        Assert.InRange((nine.High - nine.Low) / (one.High - one.Low), 0.9, 1.1);
        Assert.InRange((taken.High - taken.Low) / (one.High - one.Low), 0.2, 0.5);

        static float[] Marks(ref Philox chance)
        {
            var marks = new float[300];
            for (int item = 0; item < marks.Length; item++) marks[item] = chance.NextInt(2);
            return marks;
        }
    }

    [Fact]
    public void A_relative_difference_is_a_share_of_the_second()
    {
        Interval found = PairedBootstrap.RelativeDifference([([3f, 3f, 3f], [2f, 2f, 2f])], Items.OfEachSeed);
        Assert.Equal(new Interval(0.5, 0.5, 0.5), found);
    }

    /// <summary>Items between 0 and 10, the first's a shift and a little noise beside the second's.</summary>
    private static List<(float[], float[])> Draw(int seeds, int items, float shift)
    {
        var chance = new Philox(new DrawKey(Seed, 1, 0, ChanceStream.Test));
        var drawn = new List<(float[], float[])>();
        for (int seed = 0; seed < seeds; seed++)
        {
            float[] first = new float[items], second = new float[items];
            for (int item = 0; item < items; item++)
            {
                second[item] = 10 * chance.NextSingle();
                first[item] = second[item] + shift + (0.02f * (chance.NextSingle() - 0.5f));
            }

            drawn.Add((first, second));
        }

        return drawn;
    }
}
