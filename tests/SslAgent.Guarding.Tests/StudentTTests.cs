namespace SslAgent.Guarding.Tests;

public sealed class StudentTTests
{
    // Values of R's qt(p, df, lower.tail = FALSE) and of the usual tables.
    [Theory]
    [InlineData(0.025, 1, 12.7062047362)]
    [InlineData(0.05, 2, 2.9199855804)]
    [InlineData(0.01, 5, 3.3649299989)]
    [InlineData(0.001, 10, 4.1437004940)]
    [InlineData(0.025, 30, 2.0422724563)]
    [InlineData(0.5, 7, 0)]
    public void Quantiles_are_those_of_the_tables(double probability, double freedom, double expected) =>
        Assert.Equal(expected, StudentT.QuantileAbove(probability, freedom), 1e-7);

    [Theory]
    [InlineData(1e-9, 3)]
    [InlineData(1e-6, 15)]
    [InlineData(0.2, 40)]
    public void The_quantile_undoes_the_tail(double probability, double freedom) =>
        Assert.Equal(1, StudentT.TailAbove(StudentT.QuantileAbove(probability, freedom), freedom) / probability, 1e-6);

    [Fact]
    public void With_much_freedom_it_is_the_normal_distribution()
    {
        Assert.Equal(Normal.QuantileAbove(1e-5), StudentT.QuantileAbove(1e-5, double.PositiveInfinity));
        Assert.Equal(Normal.QuantileAbove(1e-5), StudentT.QuantileAbove(1e-5, 900_000), 1e-3);
        Assert.True(StudentT.QuantileAbove(1e-5, 15) > Normal.QuantileAbove(1e-5));
    }
}
