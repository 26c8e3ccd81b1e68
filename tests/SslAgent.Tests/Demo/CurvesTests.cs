using SslAgent.Demo;

namespace SslAgent.Tests.Demo;

public sealed class CurvesTests
{
    [Fact]
    public void A_falling_loss_is_drawn_falling()
    {
        Assert.Equal("█▆▅▃▁", Sparkline.Of([7, 5, 4, 2, 0], 5));
        Assert.Equal("▁▁▁", Sparkline.Of([2, 2, 2], 10));
        Assert.Equal("", Sparkline.Of([], 10));
        Assert.Equal("", Sparkline.Of([double.NaN], 10));
    }

    [Fact]
    public void Many_values_are_squeezed_into_the_width()
    {
        string line = Sparkline.Of([.. Enumerable.Range(0, 1000).Select(i => (double)i)], 8);

        Assert.Equal("▁▂▃▄▅▆▇█", line);
    }

    [Fact]
    public void A_curve_stays_bounded_and_keeps_its_shape()
    {
        LossCurve curve = new();
        for (int i = 0; i < 10_000; i++) curve.Add(10_000 - i, samples: 2);

        Assert.Equal(20_000, curve.Samples);
        Assert.InRange(curve.Points.Count, 64, 256);
        Assert.Equal(curve.Points.OrderDescending(), curve.Points);
        Assert.InRange(curve.Points[0], 9_900, 10_000);
    }

    [Fact]
    public void A_loss_that_is_no_number_is_left_out_of_the_curve()
    {
        LossCurve curve = new();
        curve.Add(double.NaN, samples: 4);
        curve.Add(1, samples: 4);

        Assert.Equal([1.0], curve.Points);
    }
}
