using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class FinitePolicyTests
{
    [Fact]
    public void A_first_version_with_finite_numbers_is_promoted_however_bad_its_losses_are()
    {
        ProbeReport probe = new([Some.Era(0, 50)], [Some.Tower(rank: 2, std: 0.01)], null);
        Assert.Equal(VerdictKind.Promote, Some.Judge(Some.Input(probe, EraBook.Empty, Some.Report(Some.Summary(first: 1, last: 90)))).Kind);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_probe_that_is_no_number_rejects_even_a_first_version(double bad)
    {
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(Some.Probe(Some.Era(0, bad)), EraBook.Empty)).Kind);
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(Some.Probe(Some.Era(0, 1, noise: bad)), EraBook.Empty)).Kind);
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(new ProbeReport([], [Some.Tower(rank: bad)], null), EraBook.Empty)).Kind);
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(new ProbeReport([], [Some.Tower(std: bad)], null), EraBook.Empty)).Kind);
        Assert.Equal(VerdictKind.Reject,
            Some.Judge(Some.Input(new ProbeReport([], [], new RetrievalProbe(bad, 0.5, 0.1, 100)), EraBook.Empty)).Kind);
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(ProbeReport.Empty, EraBook.Empty, Some.Report(Some.Summary(last: bad)))).Kind);
        Assert.Equal(VerdictKind.Reject, Some.Judge(Some.Input(ProbeReport.Empty, EraBook.Empty, Some.Report(Some.Summary(norm: bad)))).Kind);
    }

    [Theory]
    [InlineData(0, VerdictKind.Promote)]
    [InlineData(5, VerdictKind.Promote)]
    [InlineData(6, VerdictKind.Hold)]
    [InlineData(50, VerdictKind.Hold)]
    [InlineData(51, VerdictKind.Reject)]
    [InlineData(100, VerdictKind.Reject)]
    public void Skipped_steps_are_tolerated_up_to_a_share(int skipped, VerdictKind expected)
    {
        Verdict verdict = Some.Judge(Some.Input(ProbeReport.Empty, EraBook.Empty, Some.Report(Some.Summary(steps: 100, skipped: skipped))));
        Assert.Equal(expected, verdict.Kind);
        Assert.Contains(verdict.Reasons, reason => reason.Policy == "finite" && reason.Value == skipped / 100.0);
    }

    [Fact]
    public void An_objective_that_took_no_step_says_nothing()
    {
        ObjectiveSummary none = new("clip", 0, 0, double.NaN, double.NaN, double.NaN, 0, 0);
        Assert.Equal(VerdictKind.Promote, Some.Judge(Some.Input(ProbeReport.Empty, EraBook.Empty, Some.Report(none))).Kind);
    }
}
