using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Sampling;

public sealed class PermutationTests
{
    [Fact]
    public void Each_place_has_one_of_all()
    {
        foreach (int count in (int[])[.. Enumerable.Range(1, 70), 255, 256, 257, 1000, 4096, 65_537])
        {
            int[] order = Order(count, 0);
            Assert.Equal(Enumerable.Range(0, count), order.Order());
            Assert.Equal(order, Order(count, 0));
            if (count > 20) Assert.NotEqual(order, Order(count, 1));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public void At_each_place_each_is_about_as_frequent(int count)
    {
        const int Orders = 4000;
        var seen = new int[count, count];
        for (int step = 0; step < Orders; step++)
        {
            int[] order = Order(count, step);
            for (int place = 0; place < count; place++) seen[place, order[place]]++;
        }

        // Of uniform orders the cells' squared deviations sum to n / (n - 1) times a chi-square of (n - 1)² degrees of freedom.
        double expected = (double)Orders / count, sum = 0, freedom = (count - 1.0) * (count - 1), scale = count / (count - 1.0);
        foreach (int cell in seen) sum += (cell - expected) * (cell - expected) / expected;
        Assert.InRange(sum / scale, freedom - (6 * Math.Sqrt(2 * freedom)), freedom + (6 * Math.Sqrt(2 * freedom)));
    }

    private static int[] Order(int count, int step)
    {
        var order = new Permutation(count, new DrawKey(Some.Seed, 1, step, ChanceStream.Sampling));
        return [.. Enumerable.Range(0, count).Select(order.At)];
    }
}
