using SslAgent.Continual.Measures;

namespace SslAgent.Continual.Tests.Measures;

public sealed class RankingTests
{
    [Fact]
    public void Auroc_counts_pairs_that_are_in_order_and_half_of_the_ties()
    {
        Assert.Equal(1, Auroc.Of([0.9, 0.8, 0.1, 0.2], [true, true, false, false]));
        Assert.Equal(0, Auroc.Of([0.1, 0.9], [true, false]));
        Assert.Equal(0.625, Auroc.Of([0.5, 0.9, 0.5, 0.7], [true, true, false, false]));
    }

    [Fact]
    public void A_partner_that_others_equal_is_not_found_first()
    {
        int[] ranks = Recall.Ranks([[1, 0], [0, 1], [1, 0]], [[1, 0], [0.5f, 0.9f], [1, 0]]);
        Assert.Equal([1, 0, 1], ranks);
        Assert.Equal(1.0 / 3, Recall.At(ranks, 1), 9);
        Assert.Equal(1, Recall.At(ranks, 2));
    }
}
