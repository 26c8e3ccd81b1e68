using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class DivergencePolicyTests
{
    private static readonly EraProbe Era = Some.Era(0, 0.57);

    private static Verdict Judge(ObjectiveSummary summary) => Some.Judge(Some.Input(Some.Probe(Era), Some.Book(Era), Some.Report(summary)));

    [Theory]
    [InlineData(0.60, 0.58, VerdictKind.Promote)]
    [InlineData(0.57, 0.58, VerdictKind.Promote)]
    [InlineData(0.57, 0.75, VerdictKind.Hold)]
    [InlineData(0.57, 1.30, VerdictKind.Reject)]
    [InlineData(1.09, 0.90, VerdictKind.Promote)]
    public void A_loss_that_rises_within_a_cycle_is_divergence(double first, double last, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Summary(first: first, last: last)).Kind);

    [Fact]
    public void A_short_cycle_is_granted_its_noise()
    {
        Assert.Equal(VerdictKind.Promote, Judge(Some.Summary(first: 0.50, last: 0.66, steps: 9)).Kind);
        Assert.Equal(VerdictKind.Hold, Judge(Some.Summary(first: 0.50, last: 0.66, steps: 900)).Kind);
    }

    [Theory]
    [InlineData(9.9, VerdictKind.Promote)]
    [InlineData(11, VerdictKind.Hold)]
    [InlineData(1001, VerdictKind.Reject)]
    public void A_gradient_many_times_the_largest_promoted_one_is_divergence(double norm, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Summary(norm: norm)).Kind);

    [Fact]
    public void An_objective_without_a_measured_trivial_loss_is_judged_by_its_gradient_only()
    {
        Verdict verdict = Judge(Some.Summary("clip", first: 1, last: 100));
        Assert.DoesNotContain(verdict.Reasons, reason => reason.Policy == "divergence");
        Assert.Equal(VerdictKind.Promote, verdict.Kind);
    }
}
