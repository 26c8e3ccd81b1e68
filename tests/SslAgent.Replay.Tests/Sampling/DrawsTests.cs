using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Sampling;

public sealed class DrawsTests
{
    [Fact]
    public void The_same_key_draws_the_same_batch_and_another_step_another()
    {
        ModalityIndex index = Index(fresh: 50, replayed: 500);
        Assert.Equal(Draws.Draw(index, 64, 0.5, Key(3)), Draws.Draw(index, 64, 0.5, Key(3)));
        Assert.NotEqual(Draws.Draw(index, 64, 0.5, Key(3)), Draws.Draw(index, 64, 0.5, Key(4)));
    }

    [Theory]
    [InlineData(50, 500, 64, 0.5, 32)]
    [InlineData(10, 500, 64, 0.5, 10)]
    [InlineData(500, 10, 64, 0.5, 54)]
    [InlineData(500, 0, 64, 0.25, 64)]
    [InlineData(0, 500, 64, 0.5, 0)]
    [InlineData(60, 500, 7, 0.5, 4)]
    [InlineData(60, 500, 64, 1.0, 60)]
    [InlineData(60, 500, 64, 0.0, 0)]
    public void A_batch_mixes_fresh_and_replayed_without_repeating_any(int fresh, int replayed, int count, double ratio, int expectedFresh)
    {
        var batch = Draws.Draw(Index(fresh, replayed), count, ratio, Key(1));
        Assert.Equal(count, batch.Length);
        Assert.Equal(count, batch.Distinct().Count());
        Assert.Equal(expectedFresh, batch.Count(row => row.Id < fresh));
    }

    [Fact]
    public void A_batch_larger_than_everything_repeats_everything_evenly()
    {
        var batch = Draws.Draw(Index(fresh: 3, replayed: 4), 25, 0.5, Key(1));
        Assert.Equal(25, batch.Length);
        int[] repeats = [.. batch.GroupBy(row => row.Id).Select(group => group.Count())];
        Assert.Equal(7, repeats.Length);
        Assert.All(repeats, repeat => Assert.InRange(repeat, 3, 4));
    }

    [Fact]
    public void Every_sample_is_drawn_equally_often()
    {
        // 40 samples, 7 of them drawn 5,000 times: 875 expected each; drawn independently the standard deviation would be 27, but five batches go through 35 of the 40.
        ModalityIndex index = Index(fresh: 0, replayed: 40);
        var counts = new Dictionary<long, int>();
        for (int step = 0; step < 5000; step++)
        {
            foreach (Drawable drawn in Draws.Draw(index, 7, 0.5, Key(step))) counts[drawn.Id] = counts.GetValueOrDefault(drawn.Id) + 1;
        }

        Assert.Equal(40, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 875 - (5 * 11), 875 + (5 * 11)));
    }

    [Fact]
    public void Successive_steps_go_through_all_of_each_side_before_any_comes_again()
    {
        // 3 fresh and 7 replayed a batch: 60 fresh ones last for 20 batches, of 100 replayed ones 2 are left out of 14.
        ModalityIndex index = Index(fresh: 60, replayed: 100);
        long[] fresh = Ids(0, 20, id => id < 60), replayed = Ids(0, 14, id => id >= 60);
        Assert.Equal(Enumerable.Range(0, 60).Select(id => (long)id), fresh.Order());
        Assert.Equal(98, replayed.Distinct().Count());
        long[] next = Ids(20, 20, id => id < 60);
        Assert.Equal(fresh.Order(), next.Order());
        Assert.NotEqual(fresh, next);

        long[] Ids(int from, int steps, Func<long, bool> which) =>
            [.. Enumerable.Range(from, steps).SelectMany(step => Draws.Draw(index, 10, 0.3, Key(step))).Select(row => row.Id).Where(which)];
    }

    [Fact]
    public void A_batch_of_a_million_samples_takes_the_work_of_the_batch_and_not_of_the_million()
    {
        ModalityIndex small = Index(fresh: 1_000, replayed: 9_000), large = Index(fresh: 100_000, replayed: 900_000);
        Draws.Draw(small, 256, 0.5, Key(0));
        (long few, long many) = (Allocated(small), Allocated(large));
        // What is drawn: a copy of the index or a shuffle of it would be megabytes.
        Assert.Equal(few, many);
        Assert.InRange(many, 256 * 16, 32_768);

        static long Allocated(ModalityIndex index)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(256, Draws.Draw(index, 256, 0.5, Key(7)).Length);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Drawing_from_nothing_is_a_bug_of_the_caller() =>
        Assert.Throws<BrokenInvariantException>(() => Draws.Draw(ModalityIndex.Empty, 1, 0.5, Key(0)));

    private static DrawKey Key(int step) => new(Some.Seed, 1, step, ChanceStream.Sampling);

    private static ModalityIndex Index(int fresh, int replayed) => new(
        [.. Enumerable.Range(0, fresh).Select(id => new Drawable(id, id, 1, id))],
        [.. Enumerable.Range(fresh, replayed).Select(id => new Drawable(id, id, 1, id))]);
}
