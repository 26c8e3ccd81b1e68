using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Buffers;

public sealed class ReservoirTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_holds_the_smallest_priorities_that_fit_in_whatever_order_they_came(int seed)
    {
        var chance = new Random(seed);
        Entry[] stream = [.. Enumerable.Range(0, 500).Select(id => Entry(id, 1 + chance.Next(20)))];
        Entry[] expected = SmallestThatFit(stream, countMax: 40, bytesMax: 300);
        for (int order = 0; order < 5; order++)
        {
            var reservoir = new Reservoir(40, 300);
            foreach (Entry entry in stream) reservoir.Offer(entry);
            Assert.Equal(expected, reservoir.Sorted());
            Assert.Equal(expected.Sum(entry => entry.Bytes), reservoir.Bytes);
            Assert.Equal(stream.Length - expected.Length, reservoir.Evicted);
            chance.Shuffle(stream);
        }
    }

    [Fact]
    public void Every_sample_of_the_stream_has_the_same_chance_to_stay()
    {
        // 2,000 seeds, a stream of 200, 20 stay: each tenth of the stream expects 4,000 survivors. Chi-square with 9 degrees of freedom
        // is below 27.9 with probability 0.999.
        const int Seeds = 2000, Stream = 200, Kept = 20;
        long[] survivors = new long[10];
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            var reservoir = new Reservoir(Kept, long.MaxValue);
            for (long id = 0; id < Stream; id++) reservoir.Offer(new Entry(id, id, Reservoir.PriorityOf(seed, id, Modality.Text), 1, 0, 0));
            foreach (Entry entry in reservoir.Entries()) survivors[entry.Id * 10 / Stream]++;
        }

        double expected = Seeds * Kept / 10.0;
        double chiSquare = survivors.Sum(count => (count - expected) * (count - expected) / expected);
        output.WriteLine($"survivors by tenth: {string.Join(' ', survivors)}; chi-square {chiSquare:F1}");
        Assert.InRange(chiSquare, 0.5, 27.9);
    }

    [Fact]
    public void What_would_not_fit_alone_pushes_nothing_out()
    {
        var reservoir = new Reservoir(10, 100);
        for (int id = 0; id < 5; id++) reservoir.Offer(Entry(id, 10));
        reservoir.Offer(new Entry(99, 99, 0, 101, 0, 0));
        Assert.Equal(5, reservoir.Count);
    }

    [Fact]
    public void Taking_over_another_gives_the_sample_of_both_streams()
    {
        Entry[] stream = [.. Enumerable.Range(0, 300).Select(id => Entry(id, 1))];
        var whole = new Reservoir(30, long.MaxValue);
        var first = new Reservoir(30, long.MaxValue);
        var second = new Reservoir(30, long.MaxValue);
        foreach (Entry entry in stream)
        {
            whole.Offer(entry);
            (entry.Id < 200 ? first : second).Offer(entry);
        }

        second.TakeOver(first);

        Assert.Equal(whole.Sorted(), second.Sorted());
        Assert.Equal(whole.Evicted, second.Evicted);
        Assert.Equal(0, first.Count);
        first.Offer(Entry(5, 1));
        Assert.Equal(1, first.Count);
    }

    [Fact]
    public void Removing_keeps_the_order_of_those_that_leave_next()
    {
        var reservoir = new Reservoir(50, long.MaxValue);
        for (int id = 0; id < 50; id++) reservoir.Offer(Entry(id, 3));
        Assert.Equal(25, reservoir.RemoveAll(entry => entry.Id % 2 == 0));
        Assert.Equal(75, reservoir.Bytes);
        for (int id = 100; id < 160; id++) reservoir.Offer(Entry(id, 3));
        Entry[] expected = SmallestThatFit([.. Enumerable.Range(0, 50).Where(id => id % 2 == 1).Concat(Enumerable.Range(100, 60)).Select(id => Entry(id, 3))], 50, long.MaxValue);
        Assert.Equal(expected, reservoir.Sorted());
    }

    private static Entry Entry(long id, int bytes) => new(id, id, Reservoir.PriorityOf(Some.Seed, id, Modality.Frame), bytes, 0, 0);

    private static Entry[] SmallestThatFit(Entry[] stream, int countMax, long bytesMax)
    {
        long bytes = 0;
        return [.. stream.OrderBy(entry => entry.Priority).Take(countMax).TakeWhile(entry => (bytes += entry.Bytes) <= bytesMax).OrderBy(entry => entry.Id)];
    }
}
