using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class ForgettingPolicyTests
{
    private static Verdict Judge(EraProbe best, EraProbe now) => Some.Judge(Some.Input(Some.Probe(now), Some.Book(best)));

    [Theory]
    [InlineData(0.50, VerdictKind.Promote)]
    [InlineData(0.57, VerdictKind.Promote)]
    [InlineData(0.595, VerdictKind.Promote)]
    [InlineData(0.62, VerdictKind.Hold)]
    [InlineData(0.75, VerdictKind.Reject)]
    public void A_rise_beyond_tolerance_and_noise_is_held_and_a_large_one_rejected(double now, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Era(0, 0.57), Some.Era(0, now)).Kind);

    [Theory]
    [InlineData(0.002, VerdictKind.Hold)]
    [InlineData(0.05, VerdictKind.Promote)]
    public void The_same_rise_is_forgiven_where_the_probe_is_noisy(double noise, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Era(0, 0.57, noise: noise), Some.Era(0, 0.62, noise: noise)).Kind);

    [Fact]
    public void A_contrastive_loss_near_zero_may_rise_by_a_trifle()
    {
        EraProbe best = Some.Era(0, 0.05, "clip", noise: 0.001, trivial: 4.16);
        Assert.Equal(VerdictKind.Promote, Judge(best, best with { Loss = 0.15 }).Kind);
        Assert.Equal(VerdictKind.Hold, Judge(best, best with { Loss = 0.40 }).Kind);
        Assert.Equal(VerdictKind.Reject, Judge(best, best with { Loss = 2.50 }).Kind);
    }

    [Fact]
    public void Many_small_rises_are_seen_in_their_mean_where_none_is_seen_alone()
    {
        EraProbe[] best = [.. Enumerable.Range(0, 30).Select(era => Some.Era(era, 0.57, noise: 0.01))];
        EraProbe[] now = [.. best.Select(era => era with { Loss = 0.57 * 1.045 })];
        Verdict verdict = Some.Judge(Some.Input(Some.Probe(now), Some.Book(best)));
        VerdictReason failed = Assert.Single(verdict.Reasons, reason => reason.Kind != VerdictKind.Promote);
        Assert.Equal(VerdictKind.Hold, verdict.Kind);
        Assert.Contains("mean rise over 30 eras", failed.Measure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_budget_is_cumulative_small_losses_do_not_add_up_unseen()
    {
        EraBook book = Some.Book(Some.Era(0, 0.500));
        double loss = 0.500;
        int held = 0;
        for (int version = 2; version <= 40; version++)
        {
            loss *= 1.01;
            ProbeReport probe = Some.Probe(Some.Era(0, loss));
            if (Some.Judge(Some.Input(probe, book)).Kind == VerdictKind.Promote) book = book.Promoted(new ModelVersion(version), probe, null);
            else held++;
        }
        Assert.Equal(0.500, book.Find(0, "mae")!.Loss);
        Assert.InRange(held, 30, 36);
    }

    [Fact]
    public void An_era_still_being_filled_or_too_small_is_not_judged()
    {
        Assert.Equal(VerdictKind.Promote, Judge(Some.Era(0, 0.2, count: 30), Some.Era(0, 0.6, count: 31)).Kind);
        Assert.Equal(VerdictKind.Promote, Judge(Some.Era(0, 0.2, set: 1), Some.Era(0, 0.6, set: 2)).Kind);
        Assert.Equal(VerdictKind.Promote, Judge(Some.Era(0, 0.2, count: 3), Some.Era(0, 0.6, count: 3)).Kind);
    }

    [Fact]
    public void Every_failure_is_listed_worst_first_with_value_limit_and_unit()
    {
        EraProbe[] best = [.. Enumerable.Range(0, 5).Select(era => Some.Era(era, 0.5))];
        EraProbe[] now = [.. best.Select(era => era with { Loss = 0.5 + 0.05 * era.Era })];
        Verdict verdict = Some.Judge(Some.Input(Some.Probe(now), Some.Book(best)));
        VerdictReason[] failed = [.. verdict.Reasons.Where(reason => reason is { Policy: "forgetting", Kind: not VerdictKind.Promote })];
        Assert.Equal(VerdictKind.Reject, verdict.Kind);
        Assert.Equal(["era 4", "era 3", "mean rise", "era 2", "era 1"], failed.Select(Subject));
        Assert.All(failed, reason => Assert.True(reason.Value > reason.Limit && reason.Unit.Length > 0));

        static string Subject(VerdictReason reason) => reason.Measure.Contains("mean rise", StringComparison.Ordinal)
            ? "mean rise"
            : reason.Measure[reason.Measure.IndexOf("era", StringComparison.Ordinal)..][..5];
    }
}
