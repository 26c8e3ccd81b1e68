using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

/// <summary>
/// Both ways to be wrong, on simulated lines of versions: eras that open one after the other, losses that fall slowly and jitter as much as
/// the probes say. A guard that never lets anything through is as wrong as one that lets all through.
/// </summary>
public sealed class ErrorRateTests(ITestOutputHelper output)
{
    private const ulong Seed = 20261121;
    private const int Lines = 40;
    private const int VersionsPerLine = 60;

    [Fact]
    public void Healthy_lines_are_promoted_nearly_always()
    {
        output.WriteLine($"seed {Seed}");
        int judged = 0, stopped = 0;
        for (int line = 0; line < Lines; line++)
        {
            Simulation simulation = new(Seed, line);
            for (int version = 1; version <= VersionsPerLine; version++)
            {
                judged++;
                if (simulation.Next(rise: 0).Kind != VerdictKind.Promote) stopped++;
            }
        }
        output.WriteLine($"{stopped} of {judged} healthy versions were not promoted");
        Assert.InRange(stopped, 0, judged / 100);
    }

    [Theory]
    [InlineData(0.15, false, 0.9)]
    [InlineData(0.05, true, 0.9)]
    [InlineData(0.60, false, 1.0)]
    public void Forgetting_is_caught_in_the_version_where_it_happens(double rise, bool allEras, double shareMin)
    {
        output.WriteLine($"seed {Seed}");
        int caught = 0;
        for (int line = 0; line < Lines; line++)
        {
            Simulation simulation = new(Seed, line);
            for (int version = 1; version <= 30; version++) simulation.Next(rise: 0);
            if (simulation.Next(rise, allEras).Kind != VerdictKind.Promote) caught++;
        }
        output.WriteLine($"{caught} of {Lines} lines caught a rise of {rise:P0} in {(allEras ? "all eras" : "one era")}");
        Assert.InRange(caught, (int)(Lines * shareMin), Lines);
    }

    /// <summary>One line: an era opens every ten versions, two objectives each, and each promoted version enters the book.</summary>
    private sealed class Simulation(ulong seed, int line)
    {
        private const double Noise = 0.006;
        private Philox _chance = new(new DrawKey(seed, line, 0, ChanceStream.Test));
        private EraBook _book = EraBook.Empty;
        private int _version;

        public Verdict Next(double rise, bool allEras = false)
        {
            _version++;
            int eras = 1 + _version / 10;
            List<EraProbe> probes = [];
            for (int era = 0; era < eras; era++)
            {
                double factor = era == 0 || allEras ? 1 + rise : 1;
                probes.Add(Some.Era(era, (0.60 - 0.0005 * _version) * factor + Jitter(), "mae", Noise));
                probes.Add(Some.Era(era, (2.50 - 0.0020 * _version) * factor + 4 * Jitter(), "mlm", 4 * Noise, trivial: 4));
            }
            FeatureHealth tower = Some.Tower(rank: 40 + Some.Gaussian(ref _chance), std: 0.3 + 0.01 * Some.Gaussian(ref _chance));
            ProbeReport probe = new(probes, [tower], null);
            CycleReport report = Some.Report(
                Some.Summary("mae", 0.6 + 0.01 * Some.Gaussian(ref _chance), 0.6 + 0.01 * Some.Gaussian(ref _chance), 1 + _chance.NextDouble()),
                Some.Summary("mlm", 2.5 + 0.1 * Some.Gaussian(ref _chance), 2.5 + 0.1 * Some.Gaussian(ref _chance), 1 + _chance.NextDouble()));
            Verdict verdict = Some.Judge(Some.Input(probe, _book, report));
            if (verdict.Kind == VerdictKind.Promote) _book = _book.Promoted(new ModelVersion(_version), probe, report);
            return verdict;
        }

        private double Jitter() => Noise * Some.Gaussian(ref _chance);
    }
}
