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
        FeatureHealth health = FeatureStatistics.Of("frames", tensor(values).view(400, 16), SentinelGroups.Of([400]));
        Assert.InRange(health.StdRatio, 0.97, 1.03);
        Assert.InRange(health.EffectiveRank, 15, 16);
        Assert.Equal((16, 400), (health.Width, health.Count));
        Assert.InRange(health.TailShare!.Value, 0.4, 0.5);
        Assert.InRange(health.Condition!.Value, 1, 1.5);
        // On a sphere of 16 dimensions |x - y|² is 2 on average, with a variance of 4/16: ln E exp(-2|x - y|²) is about -4 + 4 · 4/16 / 2.
        Assert.InRange(health.Uniformity!.Value, -3.7, -3.4);
    }

    [Fact]
    public void Dead_directions_show_in_the_tail_and_one_place_in_the_uniformity()
    {
        using var scope = NewDisposeScope();
        manual_seed((long)Some.Seed);
        Tensor half = cat([randn(100, 8), zeros(100, 8)], 1);
        FeatureHealth dead = FeatureStatistics.Of("frames", half, SentinelGroups.Of([100]));
        Assert.Equal(0, dead.TailShare!.Value, 1e-9);
        Assert.True(dead.Condition > 1e5, dead.ToString());
        Tensor place = ones(100, 16) + randn(100, 16) * 1e-3;
        Assert.Equal(0, FeatureStatistics.Uniformity(place), 1e-4);
        Assert.InRange(FeatureStatistics.Alignment(place, place + randn(100, 16) * 1e-3), 0, 1e-4);
        Assert.Equal(4, FeatureStatistics.Alignment(place, -place), 1e-3);
    }

    [Fact]
    public void A_shift_within_the_newest_era_is_found_in_standard_deviations()
    {
        using var scope = NewDisposeScope();
        manual_seed((long)Some.Seed);
        Tensor before = randn(100, 16), still = randn(100, 16) + 1;
        Assert.InRange(EraShifts.Of(3, "frames", still, before).Shift, -0.6, 0.6);
        Tensor moved = cat([randn(50, 16) + 0.5, randn(50, 16) + 1.5]);
        EraShift shift = EraShifts.Of(3, "frames", moved, before);
        Assert.True(Math.Abs(shift.Shift) > 1, shift.ToString());
        Assert.Equal((3, "frames", 100), (shift.Era, shift.Tower, shift.Count));
    }
}
