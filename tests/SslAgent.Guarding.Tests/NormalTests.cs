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
}
