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

    /// <summary>Thirty eras known to 0.3 % and one of four sentinels known to 10 %: its three degrees of freedom once made the limit about 10 %.</summary>
    [Fact]
    public void One_tiny_era_does_not_switch_the_mean_off()
    {
        EraProbe[] best = [.. Enumerable.Range(0, 30).Select(era => Grouped(era, 64, 16)), Grouped(30, 4, 4)];
        EraProbe[] now = [.. best.Select(era => Risen(era, 0.03, era.Count == 4 ? 0.1 : 0.003))];
        VerdictReason failed = Assert.Single(Some.Judge(Some.Input(Some.Probe(now), Some.Book(best))).Reasons, reason => reason.Kind != VerdictKind.Promote);
        Assert.Contains("mean rise over 31 eras", failed.Measure, StringComparison.Ordinal);
        Assert.InRange(failed.Limit, 0.02, 0.025);
    }

    /// <summary>What is granted to chance grows with a line's age, by the best's luck, but slowly: it was without a bound while every promotion counted as a comparison.</summary>
    [Theory]
    [InlineData("era 0", 1.25)]
    [InlineData("mean rise", 1.6)]
    public void After_a_thousand_versions_it_sees_nearly_as_much_as_after_thirty_one(string what, double factorMax)
    {
        EraProbe[] best = [.. Enumerable.Range(0, 4).Select(era => Grouped(era, 64, 16))];
        double young = Granted(31), old = Granted(1000);
        TestContext.Current.TestOutputHelper?.WriteLine($"granted to chance, {what}: {young:G3} at version 31, {old:G3} at version 1,000");
        Assert.InRange(old, young, young * factorMax);

        double Granted(int versions)
        {
            EraBook book = Some.Book(best);
            EraProbe[] now = [.. best.Select(era => Risen(era, 0.002, 0.02))];
            for (int version = 2; version <= versions; version++) book = book.Promoted(new ModelVersion(version), Some.Probe(now), null);
            ProbeReport lost = Some.Probe([.. best.Select(era => Risen(era, 0.9, 0.02))]);
            VerdictReason reason = Some.Judge(Some.Input(lost, book)).Reasons.First(reason => reason.Measure.Contains(what, StringComparison.Ordinal));
            return what == "mean rise" ? reason.Limit - 0.02 : (reason.Limit / 0.57) - 1.2;
        }
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

    private static EraProbe Grouped(int era, int count, int groups) => Some.Era(era, 0.57, count: count) with { Groups = [.. Enumerable.Repeat(0.57, groups)] };

    /// <summary>Risen by a share of the loss that is known to within a standard error of so much of it.</summary>
    private static EraProbe Risen(EraProbe era, double rise, double error)
    {
        int groups = era.Groups.Count;
        // Half of the groups lie above and half below by as much as gives that error.
        double apart = era.Loss * error * Math.Sqrt(groups - 1);
        return era with
        {
            Loss = era.Loss * (1 + rise),
            Groups = [.. era.Groups.Select((loss, group) => loss + (era.Loss * rise) + (group % 2 == 0 ? apart : -apart))],
        };
    }
}
