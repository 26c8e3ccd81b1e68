using SslAgent.Domain;
using SslAgent.Guarding.Simulation;

namespace SslAgent.Guarding.Tests;

/// <summary>
/// Both ways to be wrong, on simulated lines of versions. A guard that never lets anything through is as wrong as one that lets all through. The same
/// simulation, at more sizes, gives the tables of docs/guard.md.
/// </summary>
public sealed class ErrorRateTests(ITestOutputHelper output)
{
    private const ulong Seed = 20261121;
    private const int Lines = 24, VersionsPerLine = 40, VersionOfFault = 25;

    private static readonly GuardOptions Options = new();

    [Theory]
    [InlineData(128, 128)]
    [InlineData(64, 16)]
    [InlineData(64, 8)]
    [InlineData(16, 4)]
    public void Healthy_versions_are_stopped_no_more_often_than_promised(int sentinels, int pairs)
    {
        output.WriteLine($"seed {Seed}");
        (int stopped, int judged) = CountStopped(new LineShape(sentinels, pairs));
        output.WriteLine($"{stopped} of {judged} healthy versions were not promoted");
        Assert.InRange(stopped, 0, (int)(judged * Options.FalseAlarmRate));
    }

    /// <summary>Few sentinels in some eras neither stop healthy versions nor, see below, switch the mean off.</summary>
    [Theory]
    [InlineData(128, 4)]
    [InlineData(64, 8)]
    public void Eras_of_unequal_sizes_stop_healthy_versions_no_more_often(int sentinels, int small)
    {
        output.WriteLine($"seed {Seed}");
        (int stopped, int judged) = CountStopped(new LineShape(sentinels, sentinels) { SmallEra = small });
        output.WriteLine($"{stopped} of {judged} healthy versions were not promoted");
        Assert.InRange(stopped, 0, (int)(judged * Options.FalseAlarmRate));
    }

    /// <summary>Each era's best of many equal versions is its luckiest, and that of many eras is no accident any more: the mean over them lies high in every later version.</summary>
    [Theory]
    [InlineData(64, 0)]
    [InlineData(64, 4)]
    [InlineData(16, 0)]
    public void A_line_of_many_eras_that_stands_still_is_not_stopped_by_its_own_best_values(int sentinels, int small)
    {
        output.WriteLine($"seed {Seed}");
        (int stopped, int judged) = CountStopped(new LineShape(sentinels, sentinels) { SmallEra = small, StandsStill = true, VersionsPerEra = 1, ErasMax = 24 }, lines: 6, versions: 160);
        output.WriteLine($"{stopped} of {judged} healthy versions were not promoted");
        Assert.InRange(stopped, 0, (int)(judged * Options.FalseAlarmRate));
    }

    /// <summary>Groups that move together look like a rise that is sure: what moves a whole version is not in their spread. Only the tolerance covers it.</summary>
    [Theory]
    [InlineData(0.0025)]
    [InlineData(0.005)]
    public void What_moves_all_of_a_version_alike_stops_none_while_it_is_small_beside_the_tolerance(double swing)
    {
        output.WriteLine($"seed {Seed}");
        (int stopped, int judged) = CountStopped(new LineShape(128, 128) { Swing = swing });
        output.WriteLine($"{stopped} of {judged} healthy versions were not promoted");
        Assert.InRange(stopped, 0, (int)(judged * Options.FalseAlarmRate));
    }

    [Fact]
    public void What_moves_all_of_a_version_by_as_much_as_the_tolerance_stops_healthy_versions()
    {
        output.WriteLine($"seed {Seed}");
        (int stopped, int judged) = CountStopped(new LineShape(128, 128) { Swing = 0.02 });
        output.WriteLine($"{stopped} of {judged} healthy versions were not promoted");
        Assert.True(stopped > judged * Options.FalseAlarmRate, "docs/guard.md says that it does");
    }

    [Theory]
    [InlineData(64, 8)]
    [InlineData(8, 8)]
    public void Healthy_lines_are_never_held_so_often_in_a_row_that_a_person_is_called(int sentinels, int pairs)
    {
        output.WriteLine($"seed {Seed}");
        int longest = 0;
        for (int line = 0; line < Lines; line++)
        {
            var simulation = new SimulatedLine(Seed, line, new LineShape(sentinels, pairs), Options);
            Course course = Course.Start;
            for (int version = 1; version <= VersionsPerLine; version++)
            {
                course = course.After(new JournalRecord.CycleEnded(new CycleNumber(version), 100, new ModelVersion(version), simulation.Next(), []));
                TrainingCourse now = course.Under(Options);
                longest = Math.Max(longest, now.Holds?.Versions ?? 0);
                Assert.False(now.Holds is { IsLong: true }, $"line {line} was held {now.Holds?.Versions} times by version {version}");
            }
        }

        output.WriteLine($"at most {longest} versions were held one after the other");
    }

    [Fact]
    public void The_masks_noise_alone_stops_healthy_versions_of_few_pairs()
    {
        output.WriteLine($"seed {Seed}");
        (int stopped, int judged) = CountStopped(new LineShape(64, 8, HasGroups: false));
        output.WriteLine($"{stopped} of {judged} healthy versions were not promoted");
        Assert.True(stopped > judged / 10, "else groups would not be needed");
    }

    [Theory]
    [InlineData(0.15, false, "mae", 1.0)]
    [InlineData(0.05, true, "mae", 1.0)]
    [InlineData(0.25, false, "mlm", 1.0)]
    [InlineData(0.10, true, "mlm", 0.9)]
    [InlineData(0.60, false, "clip", 1.0)]
    [InlineData(0.25, true, "clip", 0.9)]
    public void Forgetting_is_caught_in_the_version_where_it_happens(double rise, bool allEras, string objective, double shareMin)
    {
        output.WriteLine($"seed {Seed}");
        int caught = Enumerable.Range(0, Lines).Count(line =>
        {
            var simulation = new SimulatedLine(Seed, line, new LineShape(64, 64), Options);
            for (int version = 1; version < VersionOfFault; version++) simulation.Next();
            return simulation.Next(new LineFault(rise, allEras, objective)).Kind != VerdictKind.Promote;
        });
        output.WriteLine($"{caught} of {Lines} lines caught a rise of {objective} by {rise:P0} in {(allEras ? "all eras" : "one era")}");
        Assert.InRange(caught, (int)Math.Ceiling(Lines * shareMin), Lines);
    }

    [Fact]
    public void A_small_era_among_large_ones_hides_nothing_of_what_all_forgot()
    {
        output.WriteLine($"seed {Seed}");
        int caught = Enumerable.Range(0, Lines).Count(line =>
        {
            var simulation = new SimulatedLine(Seed, line, new LineShape(128, 128) { SmallEra = 4 }, Options);
            for (int version = 1; version < VersionOfFault; version++) simulation.Next();
            return simulation.Next(new LineFault(0.06, AllEras: true, "mae")).Kind != VerdictKind.Promote;
        });
        output.WriteLine($"{caught} of {Lines} lines caught a rise of 6 % in all eras, every third of four sentinels");
        Assert.Equal(Lines, caught);
    }

    private static (int Stopped, int Judged) CountStopped(LineShape shape, int lines = Lines, int versions = VersionsPerLine)
    {
        int stopped = 0;
        for (int line = 0; line < lines; line++)
        {
            var simulation = new SimulatedLine(Seed, line, shape, Options);
            for (int version = 1; version <= versions; version++)
            {
                if (simulation.Next().Kind != VerdictKind.Promote) stopped++;
            }
        }

        return (stopped, lines * versions);
    }
}
