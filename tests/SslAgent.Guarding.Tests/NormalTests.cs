namespace SslAgent.Guarding.Tests;

public sealed class NormalTests
{
    /// <summary>From Python 3.11: <c>statistics.NormalDist().inv_cdf(1 - p)</c>, and -inv_cdf(p) where p is tiny.</summary>
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.3, 0.5244005127080407)]
    [InlineData(0.05, 1.6448536269514715)]
    [InlineData(0.025, 1.9599639845400536)]
    [InlineData(0.001, 3.090232306167813)]
    [InlineData(1e-6, 4.753424308822899)]
    [InlineData(1e-12, 7.034483825301131)]
    [InlineData(0.975, -1.9599639845400536)]
    public void Quantiles_agree_with_another_implementation(double probability, double expected) =>
        Assert.Equal(expected, Normal.QuantileAbove(probability), 1e-9);

    [Theory]
    [InlineData(0.01, 1)]
    [InlineData(0.01, 30)]
    [InlineData(0.05, 100_000)]
    public void Shared_rates_err_together_at_the_rate_asked_for(double rate, int comparisons)
    {
        double each = Normal.SharedRate(rate, comparisons);
        Assert.Equal(rate, 1 - Math.Pow(1 - each, comparisons), 1e-9);
    }

    /// <summary>Expected largest of n standard normal numbers (Teichroew 1956).</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.5642)]
    [InlineData(10, 1.5388)]
    [InlineData(100, 2.5076)]
    [InlineData(1000, 3.2414)]
    public void The_largest_of_many_lies_out_as_far_as_the_tables_say(int count, double expected) => Assert.Equal(expected, Normal.LargestOf(count), 0.03);

    /// <summary>Variance of the largest of n standard normal numbers (Teichroew 1956).</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0.6817)]
    [InlineData(5, 0.4475)]
    [InlineData(10, 0.3443)]
    [InlineData(20, 0.2757)]
    public void And_varies_as_they_say(int count, double expected) => Assert.Equal(expected, Normal.LargestVarianceOf(count), 0.015);
}
