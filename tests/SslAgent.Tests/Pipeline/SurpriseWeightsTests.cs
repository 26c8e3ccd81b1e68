using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.Tests.Pipeline;

public sealed class SurpriseWeightsTests
{
    private static readonly SourceSurprise[] Sources = [new("still", 0.1, 100), new("usual", 1, 100), new("wild", 1.9, 3)];

    [Fact]
    public void A_source_weighs_what_its_surprise_is_beside_the_mean_as_far_as_the_option_says()
    {
        Assert.Equal([0.1, 1, 1.9], Of(1));
        Assert.Equal([0.55, 1, 1.45], Of(0.5));
        Assert.Equal([1, 1, 1], Of(0));

        static double[] Of(double share) => [.. SurpriseWeights.Of(Sources, share).OrderBy(one => one.Key).Select(one => Math.Round(one.Value, 12))];
    }

    [Fact]
    public void None_is_starved_and_none_takes_all()
    {
        SourceSurprise[] sources = [new("nothing", 0, 1), .. Enumerable.Range(0, 30).Select(number => new SourceSurprise($"{number}", 0.01, 1)), new("all", 1000, 1)];
        IReadOnlyDictionary<string, double> weights = SurpriseWeights.Of(sources, 1);
        Assert.Equal((0.1, 10), (weights["nothing"], weights["all"]));
    }

    [Fact]
    public void Where_nothing_is_known_or_nothing_surprises_all_are_the_same()
    {
        Assert.Empty(SurpriseWeights.Of([], 1));
        Assert.Empty(SurpriseWeights.Of([new("a", 0, 5)], 1));
    }
}
