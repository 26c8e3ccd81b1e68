using SslAgent.Auditing;
using SslAgent.Domain;

namespace SslAgent.Tests.Auditing;

/// <summary>The losses. What is stored is probed over real versions, in the end-to-end tests.</summary>
public sealed class InexactComparisonTests
{
    private static readonly EraProbe Probe = new(3, "mae", 0.5, 0.01, 0.7, 20, 11);

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(0.542, false)] // Three standard deviations of a difference of two such losses: 3 * sqrt(2) * 0.01 = 0.0424.
    [InlineData(0.543, true)]
    [InlineData(0.457, true)]
    [InlineData(double.NaN, true)]
    public void A_loss_may_be_off_by_the_probes_own_noise(double loss, bool differs)
    {
        Assert.Equal(differs ? 1 : 0, Differences(Report(Probe), Report(Probe with { Loss = loss })).Length);
        Assert.Equal(differs ? 1 : 0, Differences(Report(Probe with { Loss = loss }), Report(Probe)).Length);
    }

    [Fact]
    public void Weights_that_diverged_twice_are_no_difference() =>
        Assert.Empty(Differences(Report(Probe with { Loss = double.NaN }), Report(Probe with { Loss = double.PositiveInfinity })));

    [Fact]
    public void An_era_that_one_side_has_and_the_other_not_differs_either_way()
    {
        Assert.Equal("mae loss of era 3: recorded, and not derived", Assert.Single(Differences(Report(Probe), Report())));
        Assert.Equal("mae loss of era 3: derived, and not recorded", Assert.Single(Differences(Report(), Report(Probe))));
    }

    [Fact]
    public void Which_sentinels_were_asked_does_not_depend_on_bits() =>
        Assert.Contains("over other sentinels", Assert.Single(Differences(Report(Probe), Report(Probe with { Set = 12 }))), StringComparison.Ordinal);

    private static string[] Differences(ProbeReport recorded, ProbeReport derived) => [.. InexactComparison.OfLosses(("recorded", recorded), ("derived", derived))];

    private static ProbeReport Report(params EraProbe[] eras) => new(eras, [], null);
}
