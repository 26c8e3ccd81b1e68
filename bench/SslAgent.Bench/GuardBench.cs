using System.Globalization;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Guarding.Simulation;

namespace SslAgent.Bench;

/// <summary>
/// Both error rates of the guard on simulated lines of versions, as Markdown: how often a healthy version is stopped, and how often a fault of each
/// size is caught in the version where it happens. The tables of docs/guard.md.
/// </summary>
internal static class GuardBench
{
    private const ulong Seed = 20261126;
    private const int VersionsPerLine = 60, VersionOfFault = 31;

    private static readonly GuardOptions Options = new();
    private static readonly double[] Rises = [0.02, 0.05, 0.10, 0.20, 0.40, 0.80];
    private static readonly string[] Objectives = ["mae", "mlm", "clip"];
    private static readonly double[] Correlations = [0, 0.9, 0.99], Steps = [0, 0.5, 1, 2, 4], Swings = [0.0025, 0.005, 0.01, 0.02];
    private static readonly int[] Sizes = [8, 32, 128, 256];

    public static void Run(TextWriter output, int lines)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, {lines} lines of {VersionsPerLine} versions"));
        output.WriteLine();
        Healthy(output, lines);
        Unlike(output, lines);
        Faulty(output, lines, allEras: false);
        Faulty(output, lines, allEras: true);
        Drift(output, lines);
    }

    private static void Drift(TextWriter output, int streams)
    {
        const long length = 10_000, stepAt = 5_000;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| Step after {stepAt} of {length} samples | correlation of neighbours | streams with a false alarm | found | samples until it is found, median and largest |"));
        output.WriteLine("|---|---|---|---|---|");
        foreach (double correlation in Correlations)
        {
            foreach (double step in Steps)
            {
                long[][] found = [.. Enumerable.Range(0, streams).AsParallel().AsOrdered().Select(stream => new SimulatedStream(Seed, stream, Options, correlation)
                    .Run(length, at => at >= stepAt ? step : 0).Select(drift => drift.At).ToArray())];
                int early = found.Count(drifts => drifts.Any(at => at < stepAt || step == 0));
                long[] delays = [.. found.Where(drifts => step > 0 && drifts.Any(at => at >= stepAt)).Select(drifts => drifts.First(at => at >= stepAt) - stepAt).Order()];
                string delay = delays.Length == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{delays[delays.Length / 2]}, {delays[^1]}");
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {(step == 0 ? "none" : $"{step} std")} | {correlation} | {Share(early, streams)} | {(step == 0 ? "–" : Share(delays.Length, streams))} | {delay} |"));
            }
        }

        output.WriteLine();
    }

    private static void Healthy(TextWriter output, int lines)
    {
        output.WriteLine("| Sentinels of each kind in an era | healthy versions | stopped, spread of groups | stopped, spread over masks only |");
        output.WriteLine("|---|---|---|---|");
        foreach (int size in Sizes.Prepend(4))
        {
            int all = lines * VersionsPerLine, byGroups = Stopped(new LineShape(size, size), lines), byMasks = Stopped(new LineShape(size, size, HasGroups: false), lines);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {size} | {all} | {byGroups} ({Share(byGroups, all)}) | {byMasks} ({Share(byMasks, all)}) |"));
        }

        output.WriteLine();
    }

    /// <summary>Healthy lines that are not like those above.</summary>
    private static void Unlike(TextWriter output, int lines)
    {
        output.WriteLine("| What is unlike | sentinels | healthy versions | stopped |");
        output.WriteLine("|---|---|---|---|");
        foreach (int size in Sizes.Where(size => size > 8)) Row("every third era has four sentinels", new LineShape(size, size) { SmallEra = 4 }, lines);
        foreach (int size in Sizes.Where(size => size < 256))
            Row("losses stand still, 24 eras", new LineShape(size, size) { StandsStill = true, VersionsPerEra = 1, ErasMax = 24 }, lines / 2);
        foreach (double swing in Swings)
            Row($"each version's losses swing together by {swing.ToString("0.0# %", CultureInfo.InvariantCulture)}", new LineShape(128, 128) { Swing = swing }, lines);
        output.WriteLine();

        void Row(string what, LineShape shape, int count)
        {
            int all = count * VersionsPerLine, stopped = Stopped(shape, count);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {shape.Sentinels} | {all} | {stopped} ({Share(stopped, all)}) |"));
        }
    }

    private static int Stopped(LineShape shape, int lines) => Enumerable.Range(0, lines).AsParallel().Sum(line =>
    {
        var simulation = new SimulatedLine(Seed, line, shape, Options);
        return Enumerable.Range(0, VersionsPerLine).Count(_ => simulation.Next().Kind != VerdictKind.Promote);
    });

    private static void Faulty(TextWriter output, int lines, bool allEras)
    {
        output.WriteLine($"| Loss rises in {(allEras ? "all eras" : "the oldest of four eras")} | sentinels | {string.Join(" | ", Rises.Select(rise => rise.ToString("P0", CultureInfo.InvariantCulture)))} |");
        output.WriteLine($"|---|---|{string.Concat(Rises.Select(_ => "---|"))}");
        foreach (string objective in Objectives)
        {
            foreach (int size in Sizes)
            {
                IEnumerable<string> shares = Rises.Select(rise => Share(Caught(new LineShape(size, size), new LineFault(rise, allEras, objective), lines), lines));
                output.WriteLine($"| {objective} | {size} | {string.Join(" | ", shares)} |");
            }
        }

        output.WriteLine();
    }

    private static int Caught(LineShape shape, LineFault fault, int lines) => Enumerable.Range(0, lines).AsParallel().Count(line =>
    {
        var simulation = new SimulatedLine(Seed, line, shape, Options);
        for (int version = 1; version < VersionOfFault; version++) simulation.Next();
        return simulation.Next(fault).Kind != VerdictKind.Promote;
    });

    private static string Share(int some, int all) => ((double)some / all).ToString("0.0 %", CultureInfo.InvariantCulture);
}
