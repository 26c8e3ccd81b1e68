using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

/// <summary>What an objective that surely learned excuses in features, and what it does not.</summary>
public sealed class SureGainTests(ITestOutputHelper output)
{
    private const ulong Seed = 20261128;

    [Theory]
    [InlineData(0.60, VerdictKind.Hold)]
    [InlineData(0.59, VerdictKind.Hold)]
    [InlineData(0.55, VerdictKind.Promote)]
    public void A_tower_that_rearranges_itself_while_its_witness_surely_learns_is_let_through(double heldOut, VerdictKind expected)
    {
        // Measured: MAE on shuffled emoji from first weights (bench/continual, emoji, i.i.d.), its second and third version.
        FeatureHealth before = Some.Tower(std: 0.256) with { Uniformity = -0.285 }, now = Some.Tower(std: 0.122) with { Uniformity = -0.0708 };
        Verdict verdict = Witnessed(now, heldOut, before, 0.6, "frames");
        Assert.Equal(expected, verdict.Kind);
        Assert.Equal(expected == VerdictKind.Promote, verdict.Reasons.Any(reason => reason.Measure.EndsWith("(while mae learned)", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(10, VerdictKind.Promote)]
    [InlineData(7.9, VerdictKind.Reject)]
    public void What_would_be_rejected_no_witness_excuses(double rank, VerdictKind expected) =>
        Assert.Equal(expected, Witnessed(Some.Tower(rank: rank), 0.3, Some.Tower(rank: 40), 0.6, "frames").Kind);

    [Theory]
    [InlineData(0.66, VerdictKind.Hold)]
    [InlineData(0.60, VerdictKind.Promote)]
    public void To_come_down_to_the_trivial_loss_vouches_for_nothing(double heldOut, VerdictKind expected) =>
        Assert.Equal(expected, Witnessed(Some.Tower(rank: 15), heldOut, Some.Tower(rank: 40), 0.8, "frames").Kind);

    [Fact]
    public void Who_is_no_witness_of_a_space_excuses_nothing_there()
    {
        Assert.Equal(VerdictKind.Hold, Witnessed(Some.Tower(rank: 15), 0.3, Some.Tower(rank: 40), 0.6, "text").Kind);
        Assert.Equal(VerdictKind.Hold, Witnessed(Some.Tower(rank: 15), 0.3, Some.Tower(rank: 40), 0.6).Kind);
    }

    [Fact]
    public void A_loss_of_another_objective_that_plunged_is_not_excused()
    {
        ProbeReport before = new([Some.Era(0, 0.6), Some.Era(0, 0.6, "byol")], [Some.Tower(rank: 40)], null) { Witnesses = [new("frames", "mae")] };
        ProbeReport now = before with { Eras = [Some.Era(0, 0.5), Some.Era(0, 0.6, "byol")], Features = [Some.Tower(rank: 15)] };
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), before, null);
        Assert.Equal(VerdictKind.Promote, Some.Judge(Some.Input(now, book)).Kind);
        Assert.Equal(VerdictKind.Hold, Some.Judge(Some.Input(now, book, Some.Report(Some.Summary("byol", first: 0.6, last: 0.2)))).Kind);
    }

    [Theory]
    [InlineData(0.45, 1, VerdictKind.Promote)]
    [InlineData(0.59, 1, VerdictKind.Hold)]
    [InlineData(0.45, 8, VerdictKind.Hold)]
    [InlineData(0.55, 2, VerdictKind.Hold)]
    [InlineData(0.70, 1, VerdictKind.Hold)]
    public void An_era_that_is_still_being_filled_vouches_by_a_difference_that_other_samples_of_its_kind_do_not_explain(double heldOut, double unevenness, VerdictKind expected)
    {
        // A line's first era: each version is asked about other sentinels. Those of the last case are twice as hard by their trivial loss, which may be so of few samples by itself.
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), new ProbeReport([Uneven(0.6, unevenness, set: 1)], [Some.Tower(rank: 40)], null), null);
        EraProbe now = Uneven(heldOut, unevenness, set: 2) with { Count = 80, TrivialLoss = heldOut > 0.6 ? 2 * 0.667 : 0.667 };
        ProbeReport probe = new([now], [Some.Tower(rank: 15)], null) { Witnesses = [new("frames", "mae")] };
        Assert.Equal(expected, Some.Judge(Some.Input(probe, book)).Kind);

        // Sixteen groups whose mean has a standard deviation of 0.012 times the unevenness.
        static EraProbe Uneven(double loss, double unevenness, long set) =>
            Some.Era(0, loss, set: set) with { Groups = [.. Enumerable.Range(0, 16).Select(group => loss + unevenness * (group % 2 == 0 ? 0.046 : -0.046))] };
    }

    [Fact]
    public void An_era_of_which_there_is_nothing_to_know_silences_no_witness()
    {
        ProbeReport before = new([Some.Era(0, 0.6), Some.Era(1, 0.01, trivial: 0)], [Some.Tower(rank: 40)], null) { Witnesses = [new("frames", "mae")] };
        ProbeReport now = before with { Eras = [Some.Era(0, 0.5), Some.Era(1, 0.01, trivial: 0)], Features = [Some.Tower(rank: 15)] };
        Assert.Equal(VerdictKind.Promote, Some.Judge(Some.Input(now, EraBook.Empty.Promoted(new ModelVersion(1), before, null))).Kind);
    }

    [Fact]
    public void A_line_that_stands_still_is_excused_no_more_often_than_a_false_alarm()
    {
        output.WriteLine($"seed {Seed}");
        var chance = new Philox(new DrawKey(Seed, 7, 0, ChanceStream.Test));
        GuardOptions none = new() { MeanRiseMax = 0 };
        const int Versions = 4000;
        int excused = 0;
        for (int version = 0; version < Versions; version++)
        {
            double[][] groups = [.. Enumerable.Range(0, 2).Select(_ => new double[16])];
            foreach (double[] own in groups)
            {
                for (int group = 0; group < own.Length; group++) own[group] = 0.6 + 0.05 * Some.Gaussian(ref chance);
            }
            EraProbe[] probes = [.. groups.Select((own, at) => Some.Era(0, own.Average(), set: 1 + version % 2 * at) with { Groups = own })];
            EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), Some.Probe(probes[0]), null);
            excused += SureGain.Of(Some.Input(Some.Probe(probes[1]), book), none).Count;
        }
        Assert.InRange(excused, 1, Versions * 0.015);
    }

    /// <summary>The verdict on a version with this tower and MAE's held-out loss, of 0.667 if it had learned nothing.</summary>
    private static Verdict Witnessed(FeatureHealth now, double heldOut, FeatureHealth before, double heldOutBefore, params string[] spaces)
    {
        ProbeReport first = new([Some.Era(0, heldOutBefore)], [before], null) { Witnesses = [.. spaces.Select(space => new FeatureWitness(space, "mae"))] };
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), first, null);
        return Some.Judge(Some.Input(first with { Eras = [Some.Era(0, heldOut)], Features = [now] }, book));
    }
}
