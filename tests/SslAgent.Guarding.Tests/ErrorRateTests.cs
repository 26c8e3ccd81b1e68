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

    private static (int Stopped, int Judged) CountStopped(LineShape shape)
    {
        int stopped = 0;
        for (int line = 0; line < Lines; line++)
        {
            var simulation = new SimulatedLine(Seed, line, shape, Options);
            for (int version = 1; version <= VersionsPerLine; version++)
            {
                if (simulation.Next().Kind != VerdictKind.Promote) stopped++;
            }
        }

        return (stopped, Lines * VersionsPerLine);
    }
}
