using Spectre.Console;
using SslAgent.Demo;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.Tests.Demo;

public sealed class DemoBoardTests
{
    private readonly FakeTime _time = new();
    private readonly DemoBoard _board;

    public DemoBoardTests() => _board = new DemoBoard(_time);

    [Fact]
    public void The_rate_is_the_mean_over_the_last_seconds()
    {
        for (int second = 0; second <= 20; second++)
        {
            _board.OnIngested(Counts(texts: second * 50));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(50, _board.Snapshot().MessagesPerSecond, tolerance: 1e-9);
    }

    [Fact]
    public void Held_out_losses_are_means_over_eras_by_count()
    {
        _board.OnStep(Step("mae", 0.9));
        _board.OnCycleEnded(Report(1), new ModelVersion(1), Probe(("mae", 0, 0.6, 30), ("mae", 1, 0.8, 10)), Verdict.Promoted);

        ObjectiveLine mae = Assert.Single(_board.Snapshot().Objectives);
        Assert.Equal(0.65, mae.HeldOut!.Value, tolerance: 1e-9);
        Assert.Equal(1.0, mae.Trivial!.Value, tolerance: 1e-9);
        Assert.Equal([0.9], mae.Losses);
    }

    [Fact]
    public void A_cycle_is_running_until_it_has_ended()
    {
        _board.OnCycleStarted(new CycleNumber(3), "interval", new AvailableData(1, 2, 3), stepsMax: 100);
        _board.OnStep(Step("mlm", 4, step: 15));
        BoardSnapshot during = _board.Snapshot();
        _board.OnProbing(new CycleNumber(3));
        bool probing = _board.Snapshot().IsProbing;
        _board.OnCycleEnded(Report(3), new ModelVersion(2), ProbeReport.Empty, Verdict.Promoted);

        Assert.Equal((3, 16, 100), (during.Running!.Value.Value, during.Step, during.StepsMax));
        Assert.True(probing);
        Assert.Null(_board.Snapshot().Running);
    }

    [Fact]
    public void A_verdict_that_is_no_promotion_says_why()
    {
        VerdictReason reason = new("forgetting", "mae loss, era 3", 0.7, 0.6, "loss", VerdictKind.Hold);
        _board.OnCycleEnded(Report(1), new ModelVersion(1), ProbeReport.Empty, new Verdict(VerdictKind.Hold, [reason]));

        Assert.Contains("era 3", Assert.Single(_board.Snapshot().Cycles).Why);
    }

    [Fact]
    public void Only_the_last_problems_are_kept()
    {
        for (int i = 0; i < 50; i++) _board.OnProblem($"problem {i}");

        Assert.Equal(["problem 45", "problem 46", "problem 47", "problem 48", "problem 49"], _board.Snapshot().Problems);
    }

    [Fact]
    public void The_view_draws_every_part()
    {
        string drawn = Draw(Filled());

        Assert.Contains("Food & Drink", drawn);
        Assert.Contains("mae", drawn);
        Assert.Contains("v1", drawn);
        Assert.Contains("promoted", drawn);
        Assert.Contains("[odd] problem", drawn);
    }

    [Fact]
    public void Lines_tell_each_scene_and_each_cycle_once()
    {
        using StringWriter output = new();
        LineView view = new(output);
        view.Show(Filled());
        _time.Advance(TimeSpan.FromSeconds(1));
        view.Show(_board.Snapshot());

        string told = output.ToString();
        Assert.Single(told.Split('\n'), line => line.Contains("now streaming Food & Drink", StringComparison.Ordinal));
        Assert.Single(told.Split('\n'), line => line.Contains("v1 promote", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_tell_of_cycles_beyond_those_that_the_board_remembers()
    {
        using StringWriter output = new();
        LineView view = new(output);
        for (int cycle = 1; cycle <= 600; cycle++)
        {
            _board.OnCycleEnded(Report(cycle), new ModelVersion(cycle), Probe(("mae", 0, 0.6, 30)), Verdict.Promoted);
            view.Show(_board.Snapshot());
        }

        Assert.Equal(600, output.ToString().Split('\n').Count(line => line.Contains("ended after", StringComparison.Ordinal)));
    }

    private BoardSnapshot Filled()
    {
        _board.Scene("Food & Drink");
        _board.OnIngested(Counts(texts: 5));
        _board.OnCycleStarted(new CycleNumber(1), "interval", new AvailableData(1, 2, 3), stepsMax: 100);
        _board.OnStep(Step("mae", 0.9));
        _board.OnCycleEnded(Report(1), new ModelVersion(1), Probe(("mae", 0, 0.6, 30)), Verdict.Promoted);
        _board.OnProblem("[odd] problem");
        return _board.Snapshot();
    }

    private static string Draw(BoardSnapshot snapshot)
    {
        using StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 160;
        console.Write(BoardView.Draw(snapshot, TimeSpan.FromMinutes(3)));
        return output.ToString();
    }

    private static IngestCounts Counts(long texts) => new(0, texts, 0, 0, 0, 0, 0, (int)texts, 0, 0, texts);

    private static StepReport Step(string objective, double loss, int step = 0) =>
        new(new CycleNumber(1), new StepNumber(step), objective, 1, 64, loss, 1, 1e-3, 0, new Dictionary<string, double>());

    private static CycleReport Report(int cycle) => new(new CycleNumber(cycle), 100, new Dictionary<string, ObjectiveSummary>(), []);

    private static ProbeReport Probe(params (string Objective, int Era, double Loss, int Count)[] eras) =>
        new([.. eras.Select(era => new EraProbe(era.Era, era.Objective, era.Loss, 0.01, 1, era.Count))], [], null);
}
