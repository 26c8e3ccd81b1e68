using SslAgent.Learning.Objectives.Parts;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class PermutationsTests
{
    [Fact]
    public void Sixty_four_orders_of_nine_pieces_differ_in_nearly_all_places()
    {
        int[][] orders = Permutations.FarApart(9, 64);
        Assert.Equal(64, orders.Length);
        Assert.All(orders, order => Assert.Equal(Enumerable.Range(0, 9), order.Order()));
        int[] distances = [.. from one in Enumerable.Range(0, 64) from other in Enumerable.Range(0, one) select Distance(orders[one], orders[other])];
        // Any two differ by more than chance orders do: those agree in one place on average, many in two and three.
        Assert.True(distances.Min() >= 6, $"nearest {distances.Min()}");
        Assert.True(distances.Average() > 8, $"mean {distances.Average()}");
        Assert.Equal(orders, Permutations.FarApart(9, 64));
    }

    [Fact]
    public void Each_is_as_far_from_those_before_it_as_any_order_is()
    {
        int[][] orders = Permutations.FarApart(5, 12), all = [.. Orders([], [0, 1, 2, 3, 4])];
        Assert.Equal(120, all.Length);
        Assert.Equal([0, 1, 2, 3, 4], orders[0]);
        for (var next = 1; next < orders.Length; next++)
        {
            int[][] before = orders[..next], rest = [.. all.Where(order => !before.Any(order.SequenceEqual))];
            (int, int) Far(int[] order) => (before.Min(other => Distance(order, other)), before.Sum(other => Distance(order, other)));
            Assert.Equal(rest.Max(Far), Far(orders[next]));
            Assert.DoesNotContain(before, orders[next].SequenceEqual);
        }
    }

    [Fact]
    public void Three_things_have_six_orders_and_no_more()
    {
        Assert.Equal(6, Permutations.FarApart(3, 6).Select(order => string.Join(',', order)).Distinct().Count());
        Assert.Throws<Domain.BrokenInvariantException>(() => Permutations.FarApart(3, 7));
    }

    private static int Distance(int[] one, int[] other) => one.Zip(other).Count(pair => pair.First != pair.Second);

    private static IEnumerable<int[]> Orders(int[] begun, int[] left) =>
        left.Length == 0 ? [begun] : left.SelectMany(item => Orders([.. begun, item], [.. left.Except([item])]));
}
