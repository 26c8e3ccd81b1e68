using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;
using SslAgent.Domain;

namespace SslAgent.Continual.Tests;

/// <summary>Shipped emoji, group by group, on a real network: in every fifth cycle the learning rate is a hundred times too high.</summary>
public sealed class FaultsTests
{
    private readonly Workbench _bench = new(
        new DataFolders(Path.Combine(Places.Repository, "assets"), Path.GetTempPath()), new BenchSetting(5, 320, 8, 1, "cpu", "fp32"), TimeProvider.System);

    [Fact]
    public void What_the_guard_rejects_is_taken_back_and_learning_goes_on_from_there()
    {
        RunRecord watched = Run("faults"), guarded = Run("faults-guarded");
        string both = $"{string.Join(' ', watched.Verdicts)}, guarded {string.Join(' ', guarded.Verdicts)}";
        Assert.True(watched.Verdicts[4] == VerdictKind.Reject && guarded.Verdicts[4] == VerdictKind.Reject, both);
        Assert.True(guarded.Verdicts[5] == VerdictKind.Promote, both);
        Assert.Equal(watched.Courses.Select(course => course.Losses[3]), guarded.Courses.Select(course => course.Losses[3]));
        Assert.All(guarded.Courses, course => Assert.Equal(course.Losses[3], course.Losses[4]));
        Assert.Contains(watched.Courses, course => course.Losses[4] > course.Losses[3]);
        Assert.StartsWith("v5: ", guarded.Objections[0], StringComparison.Ordinal);
        Assert.Equal(watched.Steps, guarded.Steps);
        Assert.True(Mean(guarded) < Mean(watched), $"{Mean(guarded)} against {Mean(watched)}");
    }

    private static double Mean(RunRecord run) => run.Items[0].Losses.Average(loss => (double)loss);

    private RunRecord Run(string method) => _bench.Run(new RunKey("emoji", method, 25, 1));
}
