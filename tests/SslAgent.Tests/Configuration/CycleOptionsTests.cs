using SslAgent.Configuration;

namespace SslAgent.Tests.Configuration;

public sealed class CycleOptionsTests
{
    [Theory]
    [InlineData(1000, 64, 1000)]
    [InlineData(500, 64, 500)]
    [InlineData(500, 32, 1000)]
    [InlineData(1_000_000, 64, 1000)]
    [InlineData(3, 64, 100)]
    [InlineData(0, 64, 100)]
    public void By_default_each_new_sample_pays_for_64_rows_between_the_fewest_steps_and_the_most(long fresh, double rows, int steps) =>
        Assert.Equal(steps, new CycleOptions().StepsFor(fresh, rows));

    [Fact]
    public void Without_updates_by_sample_a_cycle_always_has_the_most() =>
        Assert.Equal(77, new CycleOptions { StepsMax = 77, UpdatesPerSample = null }.StepsFor(1, 64));

    [Fact]
    public void The_most_goes_before_the_fewest() => Assert.Equal(12, new CycleOptions { StepsMax = 12 }.StepsFor(0, 64));
}
