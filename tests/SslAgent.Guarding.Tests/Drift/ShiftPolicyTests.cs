using SslAgent.Domain;
using SslAgent.Guarding.Drift;

namespace SslAgent.Guarding.Tests.Drift;

public sealed class ShiftPolicyTests
{
    private static JournalRecord.DriftFound? Judge(params EraShift[] shifts) =>
        ShiftPolicy.Judge(ProbeReport.Empty with { Shifts = shifts }, new GuardOptions { DriftPlasticCycles = 3 });

    [Theory]
    [InlineData(0.9, 256, false)]
    [InlineData(1.2, 256, true)]
    [InlineData(-1.2, 256, true)]
    [InlineData(1.2, 40, false)]
    [InlineData(2.5, 40, true)]
    [InlineData(9, 20, false)]
    [InlineData(double.NaN, 256, false)]
    public void Features_drifted_where_the_shift_is_large_and_more_than_chance(double shift, int count, bool isDrift) =>
        Assert.Equal(isDrift, Judge(new EraShift(4, "frames", shift, count)) is not null);

    [Fact]
    public void The_tower_that_moved_farthest_is_named_with_its_era()
    {
        JournalRecord.DriftFound drift = Judge(new EraShift(4, "frames", 1.5, 256), new EraShift(4, "text", -2.5, 256))!;
        Assert.Equal(("", "text features, era 4", -2.5, 3), (drift.Source, drift.Measure, drift.After, drift.PlasticCycles));
    }

    [Fact]
    public void With_the_watch_off_nothing_drifts() =>
        Assert.Null(ShiftPolicy.Judge(ProbeReport.Empty with { Shifts = [new EraShift(0, "frames", 9, 256)] }, new GuardOptions { DriftFalseAlarmRate = 0 }));
}
