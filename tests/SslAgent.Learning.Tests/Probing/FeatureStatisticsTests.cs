using SslAgent.Domain;
using SslAgent.Learning.Probing;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Probing;

public sealed class FeatureStatisticsTests
{
    [Fact]
    public void Equal_singular_values_have_full_rank_and_a_single_direction_has_rank_one()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(8, FeatureStatistics.EffectiveRank(eye(8, dtype: ScalarType.Float64)), 1e-3);
        Tensor one = ones(20, 8, dtype: ScalarType.Float64) * arange(1, 21).to_type(ScalarType.Float64).view(20, 1);
        Assert.Equal(1, FeatureStatistics.EffectiveRank(one), 1e-3);
        Assert.Equal(0, FeatureStatistics.StdRatio(one), 1e-6);
    }

    [Fact]
    public void Random_directions_have_a_std_ratio_near_one_and_a_nearly_full_rank()
    {
        using var scope = NewDisposeScope();
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test));
        var values = new float[400 * 16];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble()));
        FeatureHealth health = FeatureStatistics.Of("frames", tensor(values).view(400, 16));
        Assert.InRange(health.StdRatio, 0.97, 1.03);
        Assert.InRange(health.EffectiveRank, 15, 16);
        Assert.Equal((16, 400), (health.Width, health.Count));
    }
}
