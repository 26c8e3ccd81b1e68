using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class FreshShareTests
{
    private static readonly FreshShareLimits Limits = new(0.1, 0.5, 0.8);

    private static readonly EraProbe[] Best = [Grouped(0, 0.57), Grouped(1, 0.55), Grouped(2, 0.6)];

    [Fact]
    public void Where_old_eras_get_worse_less_is_new_cycle_by_cycle_down_to_the_least()
    {
        double share = 0.5, before = 1;
        for (int cycle = 0; cycle < 10; cycle++)
        {
            share = Next(share, Risen(0.1));
            Assert.True(share < before || share == Limits.Min, $"{share} after {before}");
            before = share;
        }

        Assert.Equal(Limits.Min, share);
    }

    [Fact]
    public void While_they_hold_it_comes_back_in_smaller_steps_to_what_was_chosen_and_no_further()
    {
        double up = Next(0.3, Best), down = Next(0.3, Risen(0.5));
        Assert.True(up > 0.3 && up - 0.3 < 0.3 - down, $"{up}, {down}");
        Assert.Equal(Limits.Chosen, After(20, 0.1, Best));
        Assert.Equal(0.7, Next(0.7, Best));
    }

    [Fact]
    public void Only_while_they_surely_get_better_it_goes_beyond_what_was_chosen_up_to_the_most()
    {
        Assert.Equal(Limits.Max, After(10, 0.5, Risen(-0.05)));
        Assert.Equal(0.5, Next(0.5, [.. Best.Select((era, i) => Moved(era, -0.001, 0.02, seed: i))]));
    }

    [Fact]
    public void The_newest_era_is_what_is_being_learned_and_does_not_count()
    {
        Assert.True(Next(0.3, [Best[0], Best[1], Moved(Best[2], 0.5, 0)]) > 0.3);
        Assert.True(Next(0.3, [Best[0], Moved(Best[1], 0.5, 0), Best[2]]) < 0.3);
    }

    [Fact]
    public void What_the_probes_cannot_tell_moves_it_neither_way()
    {
        Assert.Equal(0.3, Next(0.3, [.. Best.Select((era, i) => Moved(era, 0.02, 0.1, seed: i))]));
        Assert.Equal(0.3, Next(0.3, [.. Best.Select((era, i) => Moved(era, 0, 0.1, seed: i))]));
    }

    [Fact]
    public void Noise_is_that_of_the_comparison_and_not_of_the_masks()
    {
        // Masks move both losses alike, so the samples' groups agree on a rise that the masks' noise would hide.
        EraProbe[] noisyMasks = [.. Best.Select(era => era with { Noise = 0.1 })];
        Assert.True(FreshShare.Next(0.5, 1, Some.Probe([.. noisyMasks.Select(era => Moved(era, 0.05, 0.005))]), Some.Book(noisyMasks), Limits) < 0.5);
        // And single samples that go their own ways hide one that masks would be sure of.
        EraProbe[] quietMasks = [.. Best.Select(era => era with { Noise = 1e-4 })];
        Assert.Equal(0.3, FreshShare.Next(0.3, 1, Some.Probe([.. quietMasks.Select((era, i) => Moved(era, 0.02, 0.1, seed: i))]), Some.Book(quietMasks), Limits));
    }

    [Fact]
    public void The_objective_that_is_worst_off_decides()
    {
        EraProbe[] both = [.. Best, .. Best.Select(era => era with { Objective = "mlm" })];
        EraProbe[] oneRises = [.. Best.Select(era => Moved(era, -0.05, 0)), .. Best.Select(era => Moved(era, 0.03, 0) with { Objective = "mlm" })];
        Assert.True(FreshShare.Next(0.3, 1, Some.Probe(oneRises), Some.Book(both), Limits) < 0.3);
        EraProbe[] oneIsUnsure = [.. Best.Select(era => Moved(era, -0.05, 0)), .. Best.Select((era, i) => Moved(era, 0, 0.1, seed: i) with { Objective = "mlm" })];
        Assert.Equal(0.3, FreshShare.Next(0.3, 1, Some.Probe(oneIsUnsure), Some.Book(both), Limits));
    }

    [Fact]
    public void While_rejected_versions_keep_it_down_it_may_fall_but_not_rise()
    {
        Assert.Equal(0.3, FreshShare.Next(0.3, 0.42, Some.Probe(Risen(-0.05)), Some.Book(Best), Limits));
        Assert.True(FreshShare.Next(0.3, 0.42, Some.Probe(Risen(0.1)), Some.Book(Best), Limits) < 0.3);
        Assert.True(FreshShare.Next(0.3, 1.3, Some.Probe(Risen(-0.05)), Some.Book(Best), Limits) > 0.3);
    }

    [Fact]
    public void On_a_line_that_stands_still_it_does_not_wander()
    {
        // Each era's best of thirty values lies low by chance: a mean rise that is none.
        const ulong Seed = 20261127;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var chance = new Philox(new DrawKey(Seed, 0, 0, ChanceStream.Test));
        EraBook book = EraBook.Empty;
        double share = 0.5;
        int falls = 0;
        for (int version = 1; version <= 200; version++)
        {
            EraProbe[] now = [.. Enumerable.Range(0, 12).Select(era => Grouped(era, 0.57, spread: 0.03, ref chance))];
            double next = FreshShare.Next(share, 1, Some.Probe(now), book, Limits);
            if (next < share) falls++;
            book = book.Promoted(new ModelVersion(version), Some.Probe(now), null);
        }

        Assert.InRange(falls, 0, 10);
    }

    [Fact]
    public void Without_anything_to_compare_it_stays_within_its_bounds()
    {
        Assert.Equal(0.5, FreshShare.Next(0.5, 1, ProbeReport.Empty, EraBook.Empty, Limits));
        Assert.Equal(0.8, FreshShare.Next(0.95, 1, ProbeReport.Empty, EraBook.Empty, Limits));
        Assert.Equal(0.5, Next(0.5, [.. Best.Select(era => era with { Set = 99, Loss = 9 })]));
        Assert.Equal(0.5, Next(0.5, [.. Best.Select(era => era with { Loss = double.NaN })]));
    }

    private static double Next(double last, EraProbe[] now) => FreshShare.Next(last, 1, Some.Probe(now), Some.Book(Best), Limits);

    private static double After(int cycles, double share, EraProbe[] now) =>
        Enumerable.Range(0, cycles).Aggregate(share, (last, _) => Next(last, now));

    private static EraProbe[] Risen(double rise) => [.. Best.Select(era => Moved(era, rise, 0))];

    /// <summary>The era with its loss moved by a share of it, and its groups each by a little more or less.</summary>
    private static EraProbe Moved(EraProbe era, double rise, double spread, int seed = 0)
    {
        var chance = new Philox(new DrawKey(20261127, seed, 1, ChanceStream.Test));
        double[] ways = [.. era.Groups.Select(_ => Some.Gaussian(ref chance))];
        double mean = ways.Average();
        return era with
        {
            Loss = era.Loss * (1 + rise),
            Groups = [.. era.Groups.Zip(ways, (group, way) => group + (era.Loss * (rise + (spread * (way - mean)))))],
        };
    }

    private static EraProbe Grouped(int era, double loss) =>
        Some.Era(era, loss) with { Groups = [.. Enumerable.Range(0, 16).Select(group => loss * (1 + (0.02 * (group - 7.5))))] };

    private static EraProbe Grouped(int era, double loss, double spread, ref Philox chance)
    {
        double[] groups = new double[16];
        for (int group = 0; group < groups.Length; group++) groups[group] = loss + (spread * Some.Gaussian(ref chance));
        return Some.Era(era, groups.Average()) with { Groups = groups };
    }
}
