using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class ForgettingMatrixTests
{
    // Trivial loss 1 throughout, so that shares are the losses themselves.
    private static EraProbe Era(int era, double loss, long set = 7) => Some.Era(era, loss, trivial: 1, set: set);

    private static ForgettingMatrix Matrix(params ProbeReport[] probes) => ForgettingMatrix.Of(
        [.. probes.Select((probe, index) => Some.Manifest(index + 1, index == 0 ? null : index, VerdictKind.Promote, probe))]);

    [Fact]
    public void What_the_papers_define_is_computed_on_losses()
    {
        ForgettingMatrix matrix = Matrix(
            Some.Probe(Era(0, 0.60)),
            Some.Probe(Era(0, 0.50), Era(1, 0.80)),
            Some.Probe(Era(0, 0.56), Era(1, 0.70), Era(2, 0.90)));
        MatrixSummary summary = Assert.Single(matrix.Summaries());
        Assert.Equal(("mae", 3), (summary.Objective, summary.Eras));
        Assert.Equal(((0.56 - 0.50) + (0.70 - 0.80)) / 2, summary.Forgetting!.Value, 1e-12);
        Assert.Equal(((0.60 - 0.56) + (0.80 - 0.70)) / 2, summary.BackwardTransfer!.Value, 1e-12);
        Assert.Equal(((1 - 0.80) + (1 - 0.90)) / 2, summary.ForwardTransfer!.Value, 1e-12);
        Assert.Equal(0.80, matrix.Find(new ModelVersion(2), 1, "mae")!.Loss);
        Assert.Null(matrix.Find(new ModelVersion(1), 1, "mae"));
    }

    [Fact]
    public void Losses_on_other_sentinels_are_shown_and_not_compared()
    {
        ForgettingMatrix matrix = Matrix(
            Some.Probe(Era(0, 0.10, set: 1)), Some.Probe(Era(0, 0.60, set: 2)), Some.Probe(Era(0, 0.50, set: 2)), Some.Probe(Era(0, 0.55, set: 2), Era(1, 0.5)));
        Assert.False(matrix.Find(new ModelVersion(1), 0, "mae")!.IsComparable);
        Assert.Equal(0.05, matrix.Summaries().Single().Forgetting!.Value, 1e-12);
    }

    [Fact]
    public void An_era_in_which_knowing_nothing_costs_nothing_is_no_share_of_anything()
    {
        // One pair alone is always found: its loss and its trivial loss are 0.
        EraProbe lonely = Some.Era(0, 0, trivial: 0, set: 7);
        ForgettingMatrix matrix = Matrix(Some.Probe(lonely), Some.Probe(lonely, Era(1, 0.80)), Some.Probe(lonely, Era(1, 0.70), Era(2, 0.90)));
        MatrixSummary summary = Assert.Single(matrix.Summaries());
        Assert.Equal(2, summary.Eras);
        Assert.Equal(0.70 - 0.80, summary.Forgetting!.Value, 1e-12);
        Assert.Equal(1 - 0.90, summary.ForwardTransfer!.Value, 1e-12);
    }

    [Fact]
    public void A_single_era_has_nothing_to_forget()
    {
        MatrixSummary summary = Matrix(Some.Probe(Era(0, 0.6)), Some.Probe(Era(0, 0.5))).Summaries().Single();
        Assert.Equal((null, null, null), (summary.Forgetting, summary.BackwardTransfer, summary.ForwardTransfer));
    }

    [Fact]
    public void The_line_leaves_out_what_was_rejected_and_rolled_back()
    {
        Dictionary<int, VersionManifest> versions = new[]
        {
            Some.Manifest(1, null, VerdictKind.Promote, Some.Probe(Era(0, 0.6))),
            Some.Manifest(2, 1, VerdictKind.Reject, Some.Probe(Era(0, 0.9))),
            Some.Manifest(3, 1, VerdictKind.Promote, Some.Probe(Era(0, 0.5))),
            Some.Manifest(4, 3, VerdictKind.Promote, Some.Probe(Era(0, 0.5)), VersionKind.Rollback, rolledBackTo: 3),
            Some.Manifest(5, 4, VerdictKind.Hold, Some.Probe(Era(0, 0.4))),
        }.ToDictionary(manifest => manifest.Version.Number);
        ForgettingMatrix matrix = ForgettingMatrix.Along(new ModelVersion(5), version => versions.GetValueOrDefault(version.Number));
        Assert.Equal(["v1", "v3", "v5"], matrix.Versions.Select(version => version.ToString()));
    }
}
