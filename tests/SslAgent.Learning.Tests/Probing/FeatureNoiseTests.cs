using System.Globalization;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning.Probing;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Probing;

/// <summary>What the jackknife says of a probe's uncertainty beside what drawing other sentinels shows, and what the guard makes of it.</summary>
public sealed class FeatureNoiseTests(ITestOutputHelper output)
{
    private const int Width = 32, Draws = 200;

    private static readonly (string Name, Func<FeatureHealth, double> Value, Func<FeatureNoise, double> Noise)[] Measures =
    [
        ("effective rank", health => health.EffectiveRank, noise => noise.EffectiveRank),
        ("std ratio", health => health.StdRatio, noise => noise.StdRatio),
        ("smaller half", health => health.TailShare!.Value, noise => noise.TailShare),
        ("uniformity", health => -health.Uniformity!.Value, noise => noise.Uniformity),
    ];

    [Theory]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(256)]
    public void The_noise_of_a_probe_is_how_much_it_differs_with_other_sentinels(int count)
    {
        output.WriteLine($"seed {Some.Seed}");
        FeatureHealth[] drawn = [.. Enumerable.Range(0, Draws).Select(draw => Drawn(count, 1, draw))];
        foreach ((string name, Func<FeatureHealth, double> value, Func<FeatureNoise, double> noise) in Measures)
        {
            double[] logs = [.. drawn.Select(health => Math.Log(value(health)))];
            double mean = logs.Average(), differs = Math.Sqrt(logs.Sum(log => (log - mean) * (log - mean)) / (logs.Length - 1));
            double told = Math.Sqrt(drawn.Average(health => Math.Pow(noise(health.Noise!), 2)));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} sentinels, {name}: differs by {differs:0.0000}, told {told:0.0000}"));
            // With fewer samples than dimensions each sample less is a direction less, and what the lesser half of them is jumps: nearly all is granted there.
            if (name == "smaller half" && count < Width) continue;
            // Two hundred draws know a deviation to a twentieth. The jackknife says too much rather than too little (Efron and Stein 1981), most of few samples' least directions.
            Assert.InRange(told / differs, 0.85, 1.9);
        }
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(64, 1)]
    [InlineData(256, 1)]
    [InlineData(16, 15)]
    [InlineData(64, 15)]
    [InlineData(256, 15)]
    public void A_spread_that_fell_just_as_far_as_is_tolerated_is_not_held_by_luck_and_one_that_fell_much_further_is(int count, int versions)
    {
        output.WriteLine($"seed {Some.Seed}");
        FeatureHealth[] before = [.. Enumerable.Range(0, Draws).Select(draw => OnlyStd(Drawn(count, 1, draw)))];
        FeatureHealth[] half = Fallen(0.5);
        double atHalf = Stopped(before, half, versions), atFifth = Stopped(before, Fallen(0.2), versions);
        double without = Stopped([.. before.Select(health => health with { Noise = null })], [.. half.Select(health => health with { Noise = null })], versions);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} sentinels, {versions} versions: a half left {atHalf:P1} (noise unknown {without:P1}), a fifth {atFifth:P1}"));
        Assert.InRange(atHalf, 0, 0.02);
        Assert.InRange(without, 0.3, 0.7);
        Assert.Equal(1, atFifth);

        FeatureHealth[] Fallen(double share)
        {
            double spread = SpreadOf(share);
            return [.. Enumerable.Range(0, Draws).Select(draw => OnlyStd(Drawn(count, spread, Draws + draw)))];
        }
    }

    [Fact]
    public void Groups_are_stretches_of_each_era_and_none_is_an_era()
    {
        Assert.Equal([0, 0, 1, 1, 2, 2], SentinelGroups.Of([32])[..6]);
        Assert.Equal([0, 1, 2, 3, 4, 5], SentinelGroups.Of([3, 3]));
        int[] groups = SentinelGroups.Of([40, 40, 5]);
        Assert.Equal(Enumerable.Range(0, 16), groups[..40].Distinct());
        Assert.Equal(Enumerable.Range(0, 16), groups[40..80].Distinct());
        Assert.Equal([0, 1, 2, 3, 4], groups[80..]);
    }

    [Fact]
    public void Two_samples_have_a_health_and_no_noise_and_what_is_dead_is_surely_so()
    {
        using var scope = NewDisposeScope();
        manual_seed((long)Some.Seed);
        Assert.Null(FeatureStatistics.Of("frames", randn(2, 8), SentinelGroups.Of([2])).Noise);
        Tensor turned = linalg.qr(randn(16, 16)).Q;
        FeatureHealth dead = FeatureStatistics.Of("frames", cat([randn(100, 8), zeros(100, 8)], 1).mm(turned), SentinelGroups.Of([100]));
        Assert.InRange(dead.TailShare!.Value * Math.Exp(10 * dead.Noise!.TailShare), 0, 1e-3);
        Assert.Equal(16, dead.Noise.Groups);
    }

    private static CycleReport Nothing { get; } = new(new CycleNumber(2), 0, new Dictionary<string, ObjectiveSummary>(), []);

    /// <summary>Share of the second ones that are not promoted after so many versions like the first ones, all in four spaces.</summary>
    private static double Stopped(FeatureHealth[] before, FeatureHealth[] now, int versions) => before.Zip(now).Count(pair =>
    {
        var book = Enumerable.Range(1, versions).Aggregate(EraBook.Empty, (line, version) => line.Promoted(new ModelVersion(version), InAll(pair.First), null));
        ProbeReport fallen = InAll(pair.First) with { Features = [pair.Second] };
        return new Guard(new GuardOptions()).Judge(new GuardInput(Nothing, fallen, book)).Kind != VerdictKind.Promote;
    }) / (double)before.Length;

    private static ProbeReport InAll(FeatureHealth health) => new([], [health], null) { Joint = [.. new[] { "text", "joint frames", "joint text" }.Select(space => health with { Tower = space })] };

    /// <summary>Nothing else is judged.</summary>
    private static FeatureHealth OnlyStd(FeatureHealth health) => health with { EffectiveRank = 20, TailShare = null, Uniformity = null };

    /// <summary>How far features lie around their mean where their std ratio is such a share of that at 1.</summary>
    private static double SpreadOf(double share)
    {
        using var scope = NewDisposeScope();
        double whole = FeatureStatistics.StdRatio(Features(8192, 1, Draws)), low = 0, high = 1;
        for (var step = 0; step < 12; step++)
        {
            double middle = (low + high) / 2;
            if (FeatureStatistics.StdRatio(Features(8192, middle, Draws)) > share * whole) high = middle;
            else low = middle;
        }

        return (low + high) / 2;
    }

    private static FeatureHealth Drawn(int count, double spread, int draw)
    {
        using var scope = NewDisposeScope();
        return FeatureStatistics.Of("frames", Features(count, spread, draw), SentinelGroups.Of([count]));
    }

    /// <summary>Around a common mean, in directions of ever less spread: fp64 [count, Width].</summary>
    private static Tensor Features(int count, double spread, int draw)
    {
        using var generator = new Generator(Some.Seed + (ulong)draw);
        Tensor scales = (arange(Width).to_type(ScalarType.Float32) * -0.15f).exp() * (float)spread; // [Width]
        return ((randn(new long[] { count, Width }, generator: generator) * scales) + 0.5f).to_type(ScalarType.Float64);
    }
}
