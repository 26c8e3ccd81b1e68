using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What hard negatives add to SimCLR's contrast; the rest is in <see cref="ViewObjectiveTests"/>.</summary>
public sealed class SimClrHardTests
{
    private const int Batch = 5, Width = 3;

    private const double Temperature = 0.5;

    [Theory]
    [InlineData(1, 0.1)]
    [InlineData(2, 0)]
    [InlineData(0.5, 0.9)] // so much is taken away that only the least possible is left
    public void The_loss_is_that_of_loops_over_views_and_negatives(double concentration, double shareOfEquals)
    {
        using var scope = NewDisposeScope();
        double[][] all = Rows();
        float[] losses = Contrast(concentration, shareOfEquals).data<float>().ToArray();
        for (var view = 0; view < all.Length; view++)
        {
            int partner = (view + Batch) % all.Length;
            double[] scores = [.. Enumerable.Range(0, all.Length).Where(other => other != view && other != partner).Select(other => Cosine(all[view], all[other]) / Temperature)];
            double positive = Math.Exp(Cosine(all[view], all[partner]) / Temperature), mean = scores.Average(score => Math.Exp(concentration * score));
            double hard = scores.Sum(score => Math.Exp(concentration * score) / mean * Math.Exp(score));
            double rest = Math.Max((hard - (shareOfEquals * scores.Length * positive)) / (1 - shareOfEquals), scores.Length * Math.Exp(-1 / Temperature));
            Assert.Equal(-Math.Log(positive / (positive + rest)), losses[view], 1e-4);
        }
    }

    [Fact]
    public void Without_concentration_and_share_it_is_SimClrs_own_and_with_more_concentration_near_negatives_cost_more()
    {
        using var scope = NewDisposeScope();
        double[][] all = Rows();
        Fixture.Near(
            SimClr.NtXent(Matrix(all[..Batch]), Matrix(all[Batch..]), Temperature).data<float>().ToArray(), Contrast(0, 0).data<float>().ToArray(), 1e-5f, "losses");
        Assert.True(Contrast(1, 0).mean().item<float>() > Contrast(0, 0).mean().item<float>());
        Assert.True(Contrast(3, 0).mean().item<float>() > Contrast(1, 0).mean().item<float>());
    }

    [Fact]
    public void One_vector_for_everything_gets_the_trivial_loss()
    {
        using var scope = NewDisposeScope();
        Tensor same = ones(Batch, Width);
        Assert.Equal(Math.Log((2 * Batch) - 1), SimClrHard.Contrast(same, same, Temperature, 1, 0.1).mean().item<float>(), 1e-5);
    }

    private static Tensor Contrast(double concentration, double shareOfEquals)
    {
        double[][] all = Rows();
        return SimClrHard.Contrast(Matrix(all[..Batch]), Matrix(all[Batch..]), Temperature, concentration, shareOfEquals);
    }

    private static double[][] Rows()
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test));
        var rows = new double[2 * Batch][];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = new double[Width];
            for (var i = 0; i < Width; i++) rows[row][i] = (float)((2 * chance.NextDouble()) - 1);
        }

        return rows;
    }

    private static Tensor Matrix(double[][] rows) => tensor(rows.SelectMany(row => row).Select(value => (float)value).ToArray()).view(rows.Length, Width);

    private static double Cosine(double[] a, double[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
