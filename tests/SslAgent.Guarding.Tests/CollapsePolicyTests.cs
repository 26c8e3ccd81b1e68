using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class CollapsePolicyTests
{
    private static Verdict Judge(FeatureHealth now, FeatureHealth? before = null)
    {
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), new ProbeReport([], [before ?? Some.Tower()], null), null);
        return Some.Judge(Some.Input(new ProbeReport([], [now], null), book));
    }

    [Theory]
    [InlineData(40, VerdictKind.Promote)]
    [InlineData(21, VerdictKind.Promote)]
    [InlineData(19, VerdictKind.Hold)]
    [InlineData(7, VerdictKind.Reject)]
    [InlineData(1.01, VerdictKind.Reject)]
    public void Rank_lost_against_the_last_promoted_version_is_collapse(double rank, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Tower(rank: rank)).Kind);

    [Theory]
    [InlineData(0.3, VerdictKind.Promote)]
    [InlineData(0.14, VerdictKind.Hold)]
    [InlineData(0.05, VerdictKind.Reject)]
    [InlineData(0, VerdictKind.Reject)]
    public void Spread_lost_against_the_last_promoted_version_is_collapse(double std, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Tower(std: std)).Kind);

    [Fact]
    public void A_tower_below_the_floor_is_rejected_whatever_came_before()
    {
        FeatureHealth low = Some.Tower(rank: 1.4, std: 0.004);
        Verdict verdict = Judge(low, before: low);
        Assert.Equal(VerdictKind.Reject, verdict.Kind);
        Assert.Equal(2, verdict.Reasons.Count(reason => reason.Policy == "collapse" && reason.Kind == VerdictKind.Reject));
    }

    [Fact]
    public void A_slow_fall_ends_at_the_floor()
    {
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), new ProbeReport([], [Some.Tower(rank: 40)], null), null);
        double rank = 40;
        for (int version = 2; version < 30; version++)
        {
            rank *= 0.8;
            ProbeReport probe = new([], [Some.Tower(rank: rank)], null);
            if (Some.Judge(Some.Input(probe, book)).Kind == VerdictKind.Reject) break;
            book = book.Promoted(new ModelVersion(version), probe, null);
        }
        Assert.InRange(rank, 1.2, 1.5);
    }

    [Fact]
    public void A_probe_of_far_fewer_samples_is_held_against_the_floor_only()
    {
        Assert.Equal(VerdictKind.Promote, Judge(Some.Tower(rank: 15, count: 30), before: Some.Tower(rank: 40, count: 128)).Kind);
        Assert.Equal(VerdictKind.Promote, Judge(Some.Tower(rank: 1, count: 5)).Kind);
    }

    [Fact]
    public void A_first_version_that_collapsed_is_rejected()
    {
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(new ProbeReport([], [Some.Tower(rank: 1.1)], null), EraBook.Empty)).Kind);
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(new ProbeReport([], [Some.Tower(std: 0.001)], null), EraBook.Empty)).Kind);
    }

    [Theory]
    [InlineData(0.10, -1.0, VerdictKind.Promote)]
    [InlineData(0.06, -0.3, VerdictKind.Promote)]
    [InlineData(0.02, -1.0, VerdictKind.Hold)]
    [InlineData(0.003, -1.0, VerdictKind.Reject)]
    [InlineData(0.10, -0.2, VerdictKind.Hold)]
    [InlineData(0.10, -0.03, VerdictKind.Reject)]
    public void Dead_dimensions_and_features_in_one_place_are_collapse(double tail, double uniformity, VerdictKind expected)
    {
        FeatureHealth before = Some.Tower() with { TailShare = 0.10, Uniformity = -1 };
        Assert.Equal(expected, Judge(before with { TailShare = tail, Uniformity = uniformity }, before).Kind);
        Assert.Equal(VerdictKind.Promote, Judge(Some.Tower() with { TailShare = tail, Uniformity = uniformity }, Some.Tower()).Kind);
    }

    [Fact]
    public void More_samples_have_a_smaller_tail_by_themselves()
    {
        FeatureHealth few = Some.Tower(count: 21) with { TailShare = 0.081 }, many = Some.Tower(count: 61) with { TailShare = 0.015 };
        Assert.Equal(VerdictKind.Promote, Judge(many, few).Kind);
        Assert.Equal(VerdictKind.Hold, Judge(many, few with { Count = 61 }).Kind);
    }

    [Theory]
    [InlineData(0.30, 0.60, VerdictKind.Hold)]
    [InlineData(0.50, 0.60, VerdictKind.Promote)]
    [InlineData(0.30, 0.45, VerdictKind.Promote)]
    public void A_training_loss_that_plunges_while_the_held_out_one_stands_still_narrows_the_limits(double last, double heldOut, VerdictKind expected)
    {
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), new ProbeReport([Some.Era(0, 0.6)], [Some.Tower(rank: 40)], null), null);
        ProbeReport probe = new([Some.Era(0, heldOut)], [Some.Tower(rank: 28)], null);
        Verdict verdict = Some.Judge(Some.Input(probe, book, Some.Report(Some.Summary(first: 0.6, last: last))));
        Assert.Equal(expected, verdict.Kind);
        Assert.Equal(expected == VerdictKind.Hold, verdict.Reasons.Any(reason => reason.Measure.Contains("plunged", StringComparison.Ordinal)));
    }
}
