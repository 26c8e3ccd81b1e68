using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class CollapsePolicyTests(ITestOutputHelper output)
{
    private const ulong Seed = 20261127;

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

    [Theory]
    [InlineData(0.8)]
    [InlineData(0.9)]
    public void A_slow_fall_is_held_at_a_quarter_of_what_the_line_had_and_rejected_at_a_fifth_of_that(double kept)
    {
        double[] shares = [.. Enumerable.Repeat(1.0, 10), .. Enumerable.Range(1, 60).Select(version => Math.Pow(kept, version))];
        Held(shares, [.. shares.Select(share => Some.Tower(rank: 40 * share))]);
        Held(shares, [.. shares.Select(share => Some.Tower(std: 0.3 * share))]);

        static void Held(double[] shares, FeatureHealth[] towers)
        {
            VerdictKind[] kinds = Line(towers);
            int held = Array.FindIndex(kinds, kind => kind != VerdictKind.Promote), rejected = Array.IndexOf(kinds, VerdictKind.Reject);
            Assert.Equal(VerdictKind.Hold, kinds[held]);
            Assert.InRange(shares[held], 0.2, 0.25);
            Assert.InRange(shares[rejected], 0.04, 0.0525);
            Assert.DoesNotContain(VerdictKind.Promote, kinds[held..]);
        }
    }

    [Fact]
    public void A_young_towers_spread_that_falls_to_a_third_and_comes_back_is_let_through()
    {
        // Measured: MAE on shuffled pictures from first weights (bench/continual, photos, i.i.d., seed 3); its held-out loss fell in every version.
        double[] spreads = [0.514, 0.371, 0.251, 0.188, 0.187, 0.175, 0.213, 0.214, 0.223, 0.243, 0.256, 0.284, 0.305, 0.311, 0.297, 0.301, 0.299];
        double[] ranks = [9.02, 11.73, 10.53, 8.79, 8.96, 8.66, 10.84, 11.25, 11.91, 13.10, 14.14, 15.72, 17.05, 17.68, 16.68, 17.35, 17.17];
        Assert.All(Line([.. spreads.Zip(ranks, (spread, rank) => Some.Tower(std: spread, rank: rank))]), kind => Assert.Equal(VerdictKind.Promote, kind));
    }

    [Theory]
    [InlineData(0.96)]
    [InlineData(0.93)]
    public void A_fall_too_slow_for_what_is_remembered_ends_at_the_floor(double kept)
    {
        double[] ranks = [.. Enumerable.Range(0, 100).Select(version => 40 * Math.Pow(kept, version))];
        VerdictKind[] kinds = Line([.. ranks.Select(rank => Some.Tower(rank: rank))]);
        int stopped = Array.FindIndex(kinds, kind => kind != VerdictKind.Promote);
        Assert.Equal(VerdictKind.Reject, kinds[stopped]);
        Assert.InRange(ranks[stopped], 1.4, 1.5);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(60)]
    public void A_healthy_swing_of_rank_and_spread_is_let_through(int period)
    {
        output.WriteLine($"seed {Seed}");
        var chance = new Philox(new DrawKey(Seed, period, 0, ChanceStream.Test));
        var towers = new FeatureHealth[200];
        for (int version = 0; version < towers.Length; version++)
        {
            double swing = Math.Exp(0.25 * Math.Sin(2 * Math.PI * version / period));
            towers[version] = Some.Tower(rank: 40 * swing * (1 + 0.02 * Some.Gaussian(ref chance)), std: 0.3 / swing * (1 + 0.02 * Some.Gaussian(ref chance)));
        }
        Assert.All(Line(towers), kind => Assert.Equal(VerdictKind.Promote, kind));
    }

    [Fact]
    public void A_rank_that_grows_and_settles_or_moves_for_good_by_little_is_let_through()
    {
        double[] settles = [.. Enumerable.Range(0, 20).Select(version => 3 + 2 * (double)version), .. Enumerable.Range(0, 40).Select(version => 25 + 16 * Math.Exp(-version / 3.0))];
        double[] moves = [.. Enumerable.Range(0, 100).Select(version => Math.Max(10, 40 * Math.Pow(0.98, version)))];
        Assert.All(Line([.. settles.Select(rank => Some.Tower(rank: rank))]), kind => Assert.Equal(VerdictKind.Promote, kind));
        Assert.All(Line([.. moves.Select(rank => Some.Tower(rank: rank))]), kind => Assert.Equal(VerdictKind.Promote, kind));
    }

    [Theory]
    [InlineData("joint frames", 7, VerdictKind.Promote)]
    [InlineData("joint frames", 5, VerdictKind.Hold)]
    [InlineData("joint frames", 1.6, VerdictKind.Reject)]
    [InlineData("joint text", 7, VerdictKind.Promote)]
    [InlineData("joint text", 5, VerdictKind.Hold)]
    [InlineData("joint text", 1.6, VerdictKind.Reject)]
    public void A_joint_space_that_collapses_between_healthy_towers_is_seen_by_the_same_rule(string side, double rank, VerdictKind expected)
    {
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), WithJoint("joint frames", 12), null);
        Verdict verdict = Some.Judge(Some.Input(WithJoint(side, rank), book));
        Assert.Equal(expected, verdict.Kind);
        Assert.All(verdict.Reasons.Where(reason => reason.Kind != VerdictKind.Promote), reason => Assert.Equal($"{side} effective rank", reason.Measure));
    }

    [Fact]
    public void A_first_version_whose_joint_space_collapsed_is_rejected_unless_there_are_too_few_to_tell()
    {
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(WithJoint("joint text", 1.2), EraBook.Empty)).Kind);
        Assert.Equal(VerdictKind.Promote, Some.Judge(Some.Input(WithJoint("joint text", 1.2, count: 15), EraBook.Empty)).Kind);
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

    [Theory]
    [InlineData(28, VerdictKind.Promote)]
    [InlineData(23, VerdictKind.Hold)]
    public void A_plunge_is_held_against_what_this_cycle_lost_and_not_against_the_best(double rank, VerdictKind expected)
    {
        EraBook book = new[] { 40.0, 30 }.Aggregate(EraBook.Empty, (line, before) =>
            line.Promoted(new ModelVersion(line.Promotions + 1), new ProbeReport([Some.Era(0, 0.6)], [Some.Tower(rank: before)], null), null));
        ProbeReport probe = new([Some.Era(0, 0.6)], [Some.Tower(rank: rank)], null);
        Assert.Equal(expected, Some.Judge(Some.Input(probe, book, Some.Report(Some.Summary(first: 0.6, last: 0.3)))).Kind);
    }

    [Theory]
    [InlineData(0.01, 19.5, VerdictKind.Promote)]
    [InlineData(0.01, 18.5, VerdictKind.Hold)]
    [InlineData(0.1, 14, VerdictKind.Promote)]
    [InlineData(0.1, 12, VerdictKind.Hold)]
    [InlineData(0.1, 3, VerdictKind.Reject)]
    [InlineData(1, 1.6, VerdictKind.Promote)]
    [InlineData(1, 1.4, VerdictKind.Reject)]
    public void What_chance_is_granted_goes_by_the_noise_of_the_version_before_and_never_below_the_floor(double noise, double rank, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Noisy(rank, 0), before: Noisy(40, noise)).Kind);

    [Fact]
    public void A_collapsed_tower_does_not_excuse_itself_by_how_uncertain_it_is()
    {
        Assert.Equal(VerdictKind.Reject, Judge(Noisy(3, 1), before: Noisy(40, 0.01)).Kind);
        Assert.Equal(VerdictKind.Hold, Judge(Noisy(19, 1), before: Some.Tower(rank: 40)).Kind);
    }

    [Fact]
    public void A_fall_below_a_quarter_of_the_best_of_an_old_line_is_held_beyond_that_versions_noise()
    {
        FeatureHealth[] line = [Noisy(40, 0.02), .. Enumerable.Repeat(Noisy(24, 0.02), 5), .. Enumerable.Repeat(Noisy(14, 0.02), 5)];
        Assert.All(Line([.. line, Noisy(9.2, 0.02)]), kind => Assert.Equal(VerdictKind.Promote, kind));
        Assert.Equal(VerdictKind.Hold, Line([.. line, Noisy(8.2, 0.02)])[^1]);
    }

    /// <summary>A tower whose rank is as uncertain as this.</summary>
    private static FeatureHealth Noisy(double rank, double noise) => Some.Tower(rank: rank) with { Noise = new FeatureNoise(noise, 0, 0, 0, 16) };

    /// <summary>Healthy towers with both sides of the joint space, one of them with this rank.</summary>
    private static ProbeReport WithJoint(string side, double rank, int count = 40) => new([], [Some.Tower(), Some.Tower("text")], null)
    {
        Joint = [.. new[] { "joint frames", "joint text" }.Select(own => Some.Tower(own, rank: own == side ? rank : 12, count: count))],
    };

    /// <summary>The verdicts on a line of versions with these towers; the promoted ones enter its book.</summary>
    private static VerdictKind[] Line(FeatureHealth[] towers)
    {
        EraBook book = EraBook.Empty;
        return [.. towers.Select(tower =>
        {
            ProbeReport probe = new([], [tower], null);
            Verdict verdict = Some.Judge(Some.Input(probe, book));
            if (verdict.Kind == VerdictKind.Promote) book = book.Promoted(new ModelVersion(book.Promotions + 1), probe, null);
            return verdict.Kind;
        })];
    }
}
