using SslAgent.Continual.Measures;
using SslAgent.Continual.Runs;

namespace SslAgent.Continual.Tests.Measures;

public sealed class ForgettingTests
{
    [Fact]
    public void It_is_the_rise_above_the_lowest_loss_since_the_era_began_in_percent() =>
        Assert.Equal((25.0 + 0.0) / 2, Forgetting.AveragePoints([Course(0, 0, [1.0, 0.8, 0.9, 1.0]), Course(1, 2, [0.1, 0.1, 0.6, 0.5]), Course(2, 3, [9, 9, 9, 9])]), 9);

    [Fact]
    public void Late_decay_is_seen_and_what_only_falls_has_none()
    {
        double[] falls = [.. Enumerable.Range(0, 20).Select(version => 2 - (0.05 * version))];
        double[] decays = [.. Enumerable.Range(0, 20).Select(version => version < 10 ? 2 - (0.1 * version) : 1 + (0.05 * (version - 10)))];
        EraCourse[] later = [Course(1, 5, new double[20]), Course(2, 10, new double[20])];
        Assert.Equal(0, Forgetting.LateDecayPoints([Course(0, 0, falls), .. later]), 9);
        Assert.InRange(Forgetting.LateDecayPoints([Course(0, 0, decays), .. later]), 20, 40);
    }

    private static EraCourse Course(int era, int seenFrom, double[] losses) => new(era, $"era {era}", "mae", 10, seenFrom, 1, 0, losses);
}
