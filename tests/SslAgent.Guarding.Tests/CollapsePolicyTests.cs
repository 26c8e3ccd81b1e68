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
}
