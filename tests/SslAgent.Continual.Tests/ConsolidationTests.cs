using SslAgent.Continual.Reports;
using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;

namespace SslAgent.Continual.Tests;

/// <summary>Shipped emoji, group by group, on a real network: a quarter of the steps is kept for the end.</summary>
public sealed class ConsolidationTests
{
    private static readonly Workbench Bench = new(
        new DataFolders(Path.Combine(Places.Repository, "assets"), Path.GetTempPath()), new BenchSetting(2, 200, 8, 1, "cpu", "fp32"), TimeProvider.System);

    [Fact]
    public void It_is_one_cycle_more_and_not_one_step_and_is_held_against_the_same_targets()
    {
        RunRecord plain = Run(Methods.Default), consolidated = Run(Methods.Consolidated);
        Assert.Equal((plain.Steps, plain.Cycles + 1), (consolidated.Steps, consolidated.Cycles));
        Assert.All(consolidated.Courses, course => Assert.Equal(consolidated.Cycles, course.Losses.Count));
        Assert.Equal(plain.Cycles + 1, consolidated.Verdicts.Count);
        Assert.NotEqual(plain.Configuration, consolidated.Configuration);

        // Whose losses they are is nothing to the table.
        IReadOnlyList<Target> targets = Targets.Of(new RunTable([plain, consolidated, plain with { Method = Methods.Naive, Share = 0 }]), Methods.Consolidated, ["emoji"]);
        Target loss = Assert.Single(targets, target => target is { Against: Against.Naive, Measure: "mae loss" });
        Assert.Equal(100 * ((Mean(consolidated) / Mean(plain)) - 1), loss.Value, 1e-3);
    }

    private static double Mean(RunRecord run) => run.Items[0].Losses.Average(loss => (double)loss);

    private static RunRecord Run(string method) => Bench.Run(new RunKey("emoji", method, 25, 1));
}
