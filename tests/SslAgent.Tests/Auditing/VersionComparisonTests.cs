using System.Text.Json;
using SslAgent.Auditing;
using SslAgent.Domain;

namespace SslAgent.Tests.Auditing;

public sealed class VersionComparisonTests
{
    private static readonly EraProbe Probe = new(3, "mae", 0.5, 0.01, 0.7, 20, 11);

    [Fact]
    public void Probes_that_are_the_same_number_for_number_do_not_differ()
    {
        ProbeReport recorded = Report(Probe, Probe with { Era = 4, Loss = double.NaN });
        Assert.Empty(VersionComparison.OfProbes(recorded, Report(Probe, Probe with { Era = 4, Loss = double.NaN })));
    }

    [Fact]
    public void Numbers_that_a_manifest_cannot_keep_to_the_last_bit_are_no_difference()
    {
        ProbeReport derived = Report(Probe with { Noise = Math.ScaleB(1, -25) });
        ProbeReport recorded = Assert.IsType<ProbeReport>(JsonSerializer.Deserialize(JsonSerializer.Serialize(derived, DomainJson.Default.ProbeReport), DomainJson.Default.ProbeReport));
        Assert.Empty(VersionComparison.OfProbes(recorded, derived));
    }

    [Theory]
    [InlineData(0.5000000001, 0.01)]
    [InlineData(0.5, 0.0100000001)]
    public void The_last_digit_of_a_loss_or_its_noise_is_a_difference(double loss, double noise)
    {
        string difference = Assert.Single(VersionComparison.OfProbes(Report(Probe), Report(Probe with { Loss = loss, Noise = noise })));
        Assert.Contains("1 of 1 recorded held-out losses", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_and_retrieval_are_compared_too()
    {
        ProbeReport recorded = Report(Probe) with { Features = [new FeatureHealth("text", 3, 1, 64, 20)], Retrieval = new RetrievalProbe(0.1, 0.5, 0.1, 100) };
        Assert.Empty(VersionComparison.OfProbes(recorded, recorded with { Features = [new FeatureHealth("text", 3, 1, 64, 20)] }));
        Assert.Single(VersionComparison.OfProbes(recorded, recorded with { Features = [new FeatureHealth("text", 3.5, 1, 64, 20)] }));
        Assert.Single(VersionComparison.OfProbes(recorded, recorded with { Retrieval = null }));
    }

    [Fact]
    public void The_joint_space_is_compared_where_it_was_recorded()
    {
        FeatureHealth joint = new("joint text", 3, 1, 16, 20);
        ProbeReport recorded = Report(Probe) with { Joint = [joint] };
        Assert.Empty(VersionComparison.OfProbes(recorded, Report(Probe) with { Joint = [joint with { Count = 20 }] }));
        Assert.Single(VersionComparison.OfProbes(recorded, Report(Probe) with { Joint = [joint with { EffectiveRank = 3.5 }] }));
        Assert.Empty(VersionComparison.OfProbes(Report(Probe), recorded));
    }

    [Fact]
    public void How_uncertain_features_are_is_compared_where_it_was_recorded()
    {
        FeatureHealth plain = new("text", 3, 1, 64, 20), known = plain with { Noise = new FeatureNoise(0.1, 0.2, 0.3, 0.4, 16) };
        Assert.Empty(VersionComparison.OfProbes(Report(Probe) with { Features = [plain] }, Report(Probe) with { Features = [known] }));
        Assert.Empty(VersionComparison.OfProbes(Report(Probe) with { Features = [known] }, Report(Probe) with { Features = [known with { Count = 20 }] }));
        Assert.Single(VersionComparison.OfProbes(Report(Probe) with { Features = [known] }, Report(Probe) with { Features = [plain] }));
        Assert.Single(VersionComparison.OfProbes(Report(Probe) with { Features = [known] }, Report(Probe) with { Features = [known with { Noise = new FeatureNoise(0.1, 0.2, 0.3, 0.5, 16) }] }));
    }

    private static ProbeReport Report(params EraProbe[] eras) => new(eras, [], null);
}
