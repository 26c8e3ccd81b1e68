using SslAgent.Picturing;

namespace SslAgent.Tests.Picturing;

public sealed class AxisTests
{
    [Fact]
    public void Ticks_are_round_and_within_the_axis()
    {
        (double Value, string Label)[] ticks = [.. new Axis(0.12, 0.87, 0, 400).Ticks()];
        Assert.InRange(ticks.Length, 3, 8);
        Assert.All(ticks, tick => Assert.InRange(tick.Value, 0.08, 0.91));
        Assert.All(ticks, tick => Assert.Equal(tick.Value, double.Parse(tick.Label, System.Globalization.CultureInfo.InvariantCulture), 9));
    }
}
