using SslAgent.Learning.Optimizing;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Tests.Optimizing;

public sealed class ScheduleTests
{
    private static readonly OptimizerPlan Plan = new(0.1, 10, 0, 0.9, 0.95, 1e-8, 0, 0);

    [Theory]
    [InlineData(0, 0, 0.01)]
    [InlineData(4, 0, 0.05)]
    [InlineData(9, 0, 0.1)]
    [InlineData(1_000_000, 0, 0.1)]
    [InlineData(500, 500, 0.01)]
    public void The_rate_rises_linearly_and_then_stays(long steps, long warmFrom, double rate) =>
        Assert.Equal(rate, Schedule.Rate(Plan, new SectionCounter(steps, warmFrom)), 1e-12);

    [Fact]
    public void Without_warm_up_it_is_constant_from_the_first_step() =>
        Assert.Equal(0.1, Schedule.Rate(Plan with { WarmupSteps = 0 }, default), 1e-12);
}
