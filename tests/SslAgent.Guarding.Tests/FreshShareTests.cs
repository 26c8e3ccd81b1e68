using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class FreshShareTests
{
    private static readonly FreshShareLimits Limits = new(0.1, 0.8);

    private static readonly EraProbe[] Best = [Some.Era(0, 0.57), Some.Era(1, 0.55), Some.Era(2, 0.6)];

    [Fact]
    public void Where_old_eras_get_worse_less_is_new_cycle_by_cycle_down_to_the_least()
    {
        ProbeReport worse = Some.Probe([.. Best.Select(era => era with { Loss = era.Loss * 1.1 })]);
        double share = 0.5, before = 1;
        for (int cycle = 0; cycle < 10; cycle++)
        {
            share = FreshShare.Next(share, worse, Some.Book(Best), Limits);
            Assert.True(share < before || share == Limits.Min, $"{share} after {before}");
            before = share;
        }

        Assert.Equal(Limits.Min, share);
    }

    [Fact]
    public void While_they_hold_more_is_new_in_smaller_steps_up_to_the_most()
    {
        double up = FreshShare.Next(0.5, Some.Probe(Best), Some.Book(Best), Limits);
        double down = FreshShare.Next(0.5, Some.Probe([.. Best.Select(era => era with { Loss = 0.9 })]), Some.Book(Best), Limits);
        Assert.True(up > 0.5 && up - 0.5 < 0.5 - down, $"{up}, {down}");
        double share = 0.5;
        for (int cycle = 0; cycle < 10; cycle++) share = FreshShare.Next(share, Some.Probe(Best), Some.Book(Best), Limits);
        Assert.Equal(Limits.Max, share);
    }

    [Fact]
    public void The_newest_era_is_what_is_being_learned_and_does_not_count()
    {
        ProbeReport probe = Some.Probe([Best[0], Best[1], Best[2] with { Loss = 0.9 }]);
        Assert.True(FreshShare.Next(0.5, probe, Some.Book(Best), Limits) > 0.5);
    }

    [Fact]
    public void A_rise_within_the_probes_noise_is_none()
    {
        EraProbe[] noisy = [.. Best.Select(era => era with { Noise = 0.1 })];
        ProbeReport probe = Some.Probe([.. noisy.Select(era => era with { Loss = era.Loss * 1.1 })]);
        Assert.True(FreshShare.Next(0.5, probe, Some.Book(noisy), Limits) > 0.5);
    }

    [Fact]
    public void Without_anything_to_compare_it_stays_within_its_bounds()
    {
        Assert.Equal(0.5, FreshShare.Next(0.5, ProbeReport.Empty, EraBook.Empty, Limits));
        Assert.Equal(0.8, FreshShare.Next(0.95, ProbeReport.Empty, EraBook.Empty, Limits));
        EraProbe[] others = [.. Best.Select(era => era with { Set = 99, Loss = 9 })];
        Assert.Equal(0.5, FreshShare.Next(0.5, Some.Probe(others), Some.Book(Best), Limits));
        EraProbe[] broken = [.. Best.Select(era => era with { Loss = double.NaN })];
        Assert.Equal(0.5, FreshShare.Next(0.5, Some.Probe(broken), Some.Book(Best), Limits));
    }
}
