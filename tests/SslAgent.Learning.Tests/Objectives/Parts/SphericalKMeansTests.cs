using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class SphericalKMeansTests
{
    private const int Rows = 60, Width = 3;

    [Theory]
    [InlineData(5, 1)]
    [InlineData(5, 10)]
    [InlineData(20, 3)]
    public void Centroids_are_those_of_loops_over_rows_and_clusters(int clusters, int iterations)
    {
        using var scope = NewDisposeScope();
        double[][] rows = Directions(Rows);
        Fixture.Near(
            [.. Slow(rows, clusters, iterations).SelectMany(row => row).Select(value => (float)value)],
            SphericalKMeans.Centroids(Matrix(rows), ones(Rows, ScalarType.Bool), clusters, iterations).data<float>().ToArray(), 1e-4f, "centroids");
    }

    [Fact]
    public void Rows_that_are_not_held_do_not_count_and_the_same_rows_give_the_same_bits()
    {
        using var scope = NewDisposeScope();
        Tensor rows = Matrix(Directions(Rows)), held = arange(Rows) < 40;
        float[] some = SphericalKMeans.Centroids(rows, held, 6, 10).data<float>().ToArray();
        Fixture.Near(SphericalKMeans.Centroids(rows.narrow(0, 0, 40), ones(40, ScalarType.Bool), 6, 10).data<float>().ToArray(), some, 1e-6f, "centroids");
        Assert.Equal(some, SphericalKMeans.Centroids(rows, held, 6, 10).data<float>().ToArray());
    }

    [Fact]
    public void Groups_far_from_each_other_are_found_and_a_cluster_of_nobody_stays_where_it_began()
    {
        using var scope = NewDisposeScope();
        Tensor three = eye(Width).repeat_interleave(20, 0); // [60, 3]
        Tensor centroids = SphericalKMeans.Centroids(three, ones(Rows, ScalarType.Bool), 6, 10);
        Assert.All(centroids.norm(1).data<float>().ToArray(), length => Assert.Equal(1, length, 1e-5f));
        Assert.Equal(1, three.mm(centroids.t()).max(1).values.min().item<float>(), 1e-5f);
    }

    private static double[][] Slow(double[][] rows, int clusters, int iterations)
    {
        double[][] centroids = [.. Enumerable.Range(0, clusters).Select(cluster => rows[cluster * rows.Length / clusters])];
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            int[] nearest = [.. rows.Select(row => Enumerable.Range(0, clusters).MaxBy(cluster => Dot(row, centroids[cluster])))];
            for (var cluster = 0; cluster < clusters; cluster++)
            {
                double[][] own = [.. rows.Where((_, row) => nearest[row] == cluster)];
                if (own.Length == 0) continue;
                double[] sum = [.. Enumerable.Range(0, Width).Select(i => own.Sum(row => row[i]))];
                centroids[cluster] = [.. sum.Select(value => value / Math.Sqrt(Dot(sum, sum)))];
            }
        }

        return centroids;
    }

    private static double[][] Directions(int count)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test));
        var rows = new double[count][];
        for (var row = 0; row < count; row++)
        {
            double[] values = [(2 * chance.NextDouble()) - 1, (2 * chance.NextDouble()) - 1, (2 * chance.NextDouble()) - 1];
            rows[row] = [.. values.Select(value => value / Math.Sqrt(Dot(values, values)))];
        }

        return rows;
    }

    private static Tensor Matrix(double[][] rows) => tensor(rows.SelectMany(row => row).Select(value => (float)value).ToArray()).view(rows.Length, Width);

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
