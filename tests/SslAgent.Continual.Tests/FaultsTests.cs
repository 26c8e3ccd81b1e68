using System.Globalization;
using SslAgent.Continual.Reports;
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

    [Fact]
    public void A_finished_run_is_judged_anew_by_what_it_kept_and_one_in_which_the_guard_acted_is_not()
    {
        string folder = Directory.CreateTempSubdirectory("continual-tests-").FullName;
        try
        {
            RunRecord watched = Kept(folder, Run("faults")), guarded = Kept(folder, Run("faults-guarded"));
            RunRecord again = Onlooker.JudgeAnew(watched with { Verdicts = [], Objections = [] });
            Assert.Equal(watched.Verdicts, again.Verdicts);
            Assert.Equal(watched.Objections, again.Objections);
            Assert.NotEmpty(again.Objections);
            Assert.Empty(Onlooker.JudgeAnew(guarded with { Verdicts = [] }).Verdicts);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_page_tells_what_a_fault_that_was_let_through_cost()
    {
        RunRecord run = Run("faults-3"), largest = Run("faults");
        run = run with { Verdicts = [.. run.Verdicts.Select(_ => VerdictKind.Promote)] };
        IReadOnlyList<StreamSpec> streams = [StreamCatalog.Find("emoji")];
        Assert.Equal("", new DoseSection(new RunTable([largest]), streams).Write());
        string page = new DoseSection(new RunTable([run, largest]), streams).Write();
        EraCourse[] begun = [.. run.Courses.Where(course => course.SeenFrom < 4)];
        double before = begun.Sum(course => course.Losses[3] * course.Count), after = begun.Sum(course => course.Losses[4] * course.Count);
        string harm = string.Create(CultureInfo.InvariantCulture, $"{100 * (after / before - 1):+0.0;-0.0;0.0} %");
        Assert.Contains($"| emoji | × 3 | 1 | 0 | 0 | – | {harm} | {harm} |", page, StringComparison.Ordinal);
        Assert.Contains("| emoji | × 100 | 1 | 1 | 0 |", page, StringComparison.Ordinal);
    }

    private static RunRecord Kept(string folder, RunRecord record)
    {
        var store = new RunStore(folder);
        store.Save(record);
        RunRecord? kept = store.Find(record.Key);
        Assert.NotNull(kept);
        return kept;
    }

    private static double Mean(RunRecord run) => run.Items[0].Losses.Average(loss => (double)loss);

    private RunRecord Run(string method) => _bench.Run(new RunKey("emoji", method, 25, 1));
}
