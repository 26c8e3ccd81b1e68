using SslAgent.Domain;
using SslAgent.Probing;

namespace SslAgent.Tests.Probing;

/// <summary>Clusters, their agreement with classes, and retrieval by example.</summary>
public sealed class GroupingTests
{
    private const ulong Seed = 5;

    [Fact]
    public void Clouds_that_lie_apart_are_found_and_the_same_seed_finds_the_same()
    {
        (float[][] rows, int[] labels) = Clouds(noise: 0.1f);
        int[] clusters = KMeans.Assign(rows, 4, Seed);
        Assert.Equal(1, Agreement.NormalizedMutualInformation(clusters, labels), 1e-9);
        Assert.Equal(clusters, KMeans.Assign(rows, 4, Seed));
    }

    [Fact]
    public void Agreement_is_one_under_other_names_and_nothing_where_groups_tell_nothing_of_each_other()
    {
        Assert.Equal(1, Agreement.NormalizedMutualInformation([0, 0, 1, 1, 2], [7, 7, 3, 3, 9]), 1e-12);
        Assert.Equal(0, Agreement.NormalizedMutualInformation([0, 0, 1, 1], [0, 1, 0, 1]), 1e-12);
        // By hand: I = ln 2 - (3/4) H(1/3) = 0.2158, the entropies 0.6931 and 0.5623.
        Assert.Equal(2 * 0.215762 / (0.693147 + 0.562335), Agreement.NormalizedMutualInformation([0, 0, 1, 1], [0, 0, 0, 1]), 1e-5);
    }

    [Fact]
    public void Retrieval_counts_the_nearest_and_as_many_as_the_class_has()
    {
        float[][] rows = [[1, 0], [1, 0.1f], [1, 0.2f], [0, 1], [0.1f, 1]];
        Assert.Equal((1.0, 1.0), SameClass.Of(rows, [0, 0, 0, 1, 1]));
        // The third lies with the first class: it finds two of that before its own, and is the second's nearest.
        (double first, double whole) = SameClass.Of(rows, [0, 0, 1, 1, 1]);
        Assert.Equal(3.0 / 5, first, 1e-9);
        Assert.Equal((1 + 0 + 0 + 1 + 1) / 5.0, whole, 1e-9);
    }

    [Fact]
    public void A_class_of_one_has_nothing_to_be_found() => Assert.Equal((double.NaN, double.NaN), SameClass.Of([[1, 0], [0, 1]], [0, 1]));

    private static (float[][] Rows, int[] Labels) Clouds(float noise)
    {
        var chance = new Philox(new DrawKey(Seed, 0, 0, ChanceStream.Test));
        var rows = new float[120][];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = new float[6];
            rows[row][row % 4] = 1;
            for (int i = 0; i < 6; i++) rows[row][i] += noise * (2 * chance.NextSingle() - 1);
        }

        return (rows, [.. Enumerable.Range(0, 120).Select(row => row % 4)]);
    }
}
