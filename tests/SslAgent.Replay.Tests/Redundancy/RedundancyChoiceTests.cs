using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Redundancy;

public sealed class RedundancyChoiceTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Among_few_it_is_what_comparing_each_with_each_gives(int seed)
    {
        // So few that the cells it looks into are all there are: the search is exact.
        (sbyte[] vectors, Weighed[] samples) = Clusters(count: 10, clusters: 3, seed);
        (IReadOnlyList<int> leaving, _) = RedundancyChoice.Choose(vectors, samples, countOver: 6, bytesOver: 0);
        Assert.Equal(Naive(vectors, samples, 6), leaving);
    }

    [Fact]
    public void Of_crowds_and_loners_the_crowds_leave()
    {
        (sbyte[] vectors, Weighed[] samples) = Clusters(count: 900, clusters: 3, seed: 4);
        (sbyte[] lonely, Weighed[] loners) = Clusters(count: 30, clusters: 30, seed: 5, firstCluster: 100);
        (IReadOnlyList<int> leaving, _) = RedundancyChoice.Choose([.. vectors, .. lonely], [.. samples, .. loners], countOver: 800, bytesOver: 0);
        Assert.Equal(800, leaving.Distinct().Count());
        Assert.All(leaving, sample => Assert.InRange(sample, 0, 899));
        int[] left = [.. Enumerable.Range(0, 900).Except(leaving).GroupBy(sample => sample % 3).Select(cluster => cluster.Count())];
        output.WriteLine($"left of the three crowds: {string.Join(' ', left)}");
        Assert.Equal(3, left.Length);
    }

    [Fact]
    public void Who_may_not_leave_stays_and_still_makes_others_redundant()
    {
        (sbyte[] vectors, Weighed[] samples) = Clusters(count: 200, clusters: 2, seed: 6);
        for (int i = 0; i < samples.Length; i += 2) samples[i] = samples[i] with { MayLeave = false };
        (IReadOnlyList<int> leaving, _) = RedundancyChoice.Choose(vectors, samples, countOver: 150, bytesOver: 0);
        // Half may leave, and does.
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (2 * i) + 1), leaving.Order());
    }

    [Fact]
    public void It_goes_on_until_the_bytes_fit()
    {
        (sbyte[] vectors, Weighed[] samples) = Clusters(count: 100, clusters: 4, seed: 7);
        (IReadOnlyList<int> leaving, _) = RedundancyChoice.Choose(vectors, samples, countOver: 1, bytesOver: 31);
        Assert.InRange(leaving.Sum(sample => samples[sample].Bytes), 31, 40);
    }

    [Fact]
    public void Exact_copies_leave_first_but_for_one_and_no_search_among_them_is_long()
    {
        const int Copies = 2000;
        (sbyte[] others, Weighed[] samples) = Clusters(count: 2000, clusters: 2000, seed: 8);
        sbyte[] copy = [.. Enumerable.Range(0, EmbeddingBook.Width).Select(i => (sbyte)(i % 2 == 0 ? 100 : -50))];
        sbyte[] vectors = [.. others, .. Enumerable.Repeat(copy, Copies).SelectMany(vector => vector)];
        Weighed[] all = [.. samples, .. Enumerable.Range(0, Copies).Select(i => new Weighed(Priority(900_000 + i), 1, true))];
        (IReadOnlyList<int> leaving, long comparisons) = RedundancyChoice.Choose(vectors, all, Copies - 1, 0);
        Assert.All(leaving, sample => Assert.InRange(sample, 2000, 3999));
        Assert.Equal(all[2000..].Min(sample => sample.Priority), all[Enumerable.Range(2000, Copies).Except(leaving).Single()].Priority);
        output.WriteLine($"{comparisons} comparisons");
        Assert.InRange(comparisons, 0, Limit(4000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Four_times_the_samples_cost_about_eight_times_the_comparisons_not_sixteen(bool isClustered)
    {
        long small = Comparisons(3_000), large = Comparisons(12_000);
        output.WriteLine($"3,000: {small}; 12,000: {large}; {(double)large / small:F1} times");
        Assert.InRange(large, 1, Limit(12_000));
        Assert.InRange((double)large / small, 4, 10);

        long Comparisons(int count)
        {
            (sbyte[] vectors, Weighed[] samples) = Clusters(count, isClustered ? 20 : count, seed: 9);
            return RedundancyChoice.Choose(vectors, samples, count / 10, 0).Comparisons;
        }
    }

    /// <summary>What it promises: a search, of which there are some for each sample, compares with √n pivots and with so many in four cells.</summary>
    private static long Limit(int count) => (long)(4 * 17 * Math.Pow(count, 1.5));

    private static List<int> Naive(sbyte[] vectors, Weighed[] samples, int count)
    {
        List<int> left = [.. Enumerable.Range(0, samples.Length)], gone = [];
        for (; count > 0; count--)
        {
            (int one, int other) = left.SelectMany(one => left.Where(other => other > one).Select(other => (One: one, Other: other)))
                .MaxBy(pair => Cosine(vectors, pair.One, pair.Other));
            gone.Add(samples[one].Priority > samples[other].Priority ? one : other);
            left.Remove(gone[^1]);
        }

        return gone;
    }

    private static double Cosine(sbyte[] vectors, int one, int other)
    {
        double dot = 0, mine = 0, theirs = 0;
        for (int i = 0; i < EmbeddingBook.Width; i++)
        {
            (double a, double b) = (vectors[(one * EmbeddingBook.Width) + i], vectors[(other * EmbeddingBook.Width) + i]);
            (dot, mine, theirs) = (dot + (a * b), mine + (a * a), theirs + (b * b));
        }

        return dot / Math.Sqrt(mine * theirs);
    }

    private static (sbyte[] Vectors, Weighed[] Samples) Clusters(int count, int clusters, int seed, int firstCluster = 0)
    {
        var embedder = new ClusterEmbedder();
        var rows = Enumerable.Range(0, count).ToDictionary(i => (long)i, i => embedder.Row(firstCluster + (i % clusters), (seed * 100_000) + i));
        EmbeddingTable table = EmbeddingTable.Empty.After(1, rows, [.. rows.Keys.Order()]);
        sbyte[] vectors = new sbyte[count * EmbeddingBook.Width];
        for (int i = 0; i < count; i++) table.VectorAt(i).CopyTo(vectors.AsSpan(i * EmbeddingBook.Width));
        return (vectors, [.. Enumerable.Range(0, count).Select(i => new Weighed(Priority((seed * 1000) + i), 1 + (i % 10), true))]);
    }

    private static ulong Priority(long ordinal) => Reservoir.PriorityOf(Some.Seed, ordinal, Modality.Frame);
}
