using SslAgent.Domain;
using SslAgent.Pretraining;
using SslAgent.Tests.Demo;

namespace SslAgent.Tests.Pretraining;

/// <summary>What is told of pretraining: places, rates and what is left, by a clock that the test moves.</summary>
public sealed class PretrainBoardTests
{
    private readonly FakeTime _time = new();
    private readonly PretrainBoard _board;

    public PretrainBoardTests() => _board = new PretrainBoard(_time);

    [Fact]
    public void Before_the_first_stage_it_tells_what_was_read()
    {
        Assert.Equal("reading the data: 0 read", _board.Status());
        _board.Read(12_345);
        Assert.Equal("reading the data: 12,345 read", _board.Status());
    }

    [Fact]
    public void A_cycle_that_was_cut_off_is_told_while_it_is_ended()
    {
        _board.OnCycleStarted(new CycleNumber(3), "pretrain 1 mae", new AvailableData(1, 2, 3), stepsMax: 30);
        Step("mae", 0.9, step: 19);
        Assert.Equal("reading the data: 0 read; ending the cycle that was cut off: step 20 of 30", _board.Status());
        _board.OnProbing(new CycleNumber(3));
        Assert.Equal("reading the data: 0 read; ending the cycle that was cut off: step 20 of 30, probing", _board.Status());
        End(VerdictKind.Promote, steps: 30);
        Assert.Equal("reading the data: 0 read", _board.Status());

        // None of it was done in the stage that begins now.
        Begin(done: 30, total: 60);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("stage 1/2: step 30 of 60 (50 %), 0.0 steps/s", _board.Status());
    }

    [Fact]
    public void The_rate_is_that_of_this_life_and_what_is_left_goes_by_it()
    {
        Begin(done: 0, total: 400);
        Assert.Equal(["stage 1 of 2: mae, 2 epochs, 400 steps"], _board.TakeNews());
        Assert.Equal("stage 1/2: step 0 of 400 (0 %), 0.0 steps/s", _board.Status());
        Run(steps: 100, TimeSpan.FromSeconds(50));
        Assert.Equal("stage 1/2: step 100 of 400 (25 %), 2.0 steps/s, 2:30 left in it; loss mae 0.900", _board.Status());

        Begin(done: 300, total: 400);
        Assert.Equal(["stage 1 of 2: mae, 2 epochs, 400 steps, 300 of them done"], _board.TakeNews());
        Run(steps: 20, TimeSpan.FromSeconds(40));
        Assert.Equal("stage 1/2: step 320 of 400 (80 %), 0.5 steps/s, 2:40 left in it; loss mae 0.900", _board.Status());
        End(VerdictKind.Promote, steps: 20);
        Assert.Equal("stage 1/2: step 320 of 400 (80 %), 0.5 steps/s, 2:40 left in it; loss mae 0.900", _board.Status());
    }

    [Theory]
    [InlineData(10 + 59, "0:59")]
    [InlineData(10 + 7_200, "02:00:00")]
    [InlineData(10 + 36_000, "10:00:00")]
    [InlineData(10 + 90_061, "1.01:01:01")]
    public void What_is_left_is_told_in_minutes_hours_or_days(long total, string left)
    {
        Begin(done: 0, total);
        Run(steps: 10, TimeSpan.FromSeconds(10));
        Assert.Contains($", {left} left in it", _board.Status(), StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_of_a_rejected_version_take_time_and_are_not_done()
    {
        Begin(done: 0, total: 100);
        Run(steps: 50, TimeSpan.FromSeconds(50));
        End(VerdictKind.Reject, steps: 50);
        Assert.StartsWith("stage 1/2: step 0 of 100 (0 %), 1.0 steps/s, 1:40 left in it", _board.Status(), StringComparison.Ordinal);

        // A version that was held is gone on from, until one after it is rejected: then training stands on the promoted one before both.
        Run(steps: 50, TimeSpan.FromSeconds(50));
        End(VerdictKind.Hold, steps: 50);
        _board.Stand(50);
        Assert.StartsWith("stage 1/2: step 50 of 100 (50 %), 1.0 steps/s, 0:50 left in it", _board.Status(), StringComparison.Ordinal);
        Run(steps: 50, TimeSpan.FromSeconds(50));
        End(VerdictKind.Reject, steps: 50);
        _board.Stand(0);
        Assert.StartsWith("stage 1/2: step 0 of 100 (0 %), 1.0 steps/s, 1:40 left in it", _board.Status(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_versions_line_has_its_verdict_its_held_out_losses_and_why()
    {
        VerdictReason reason = new("forgetting", "mae loss, era 3", 0.7, 0.6, "loss", VerdictKind.Hold);
        ProbeReport probe = new([new EraProbe(0, "mae", 0.6, 0.01, 1, 30), new EraProbe(1, "mae", 0.8, 0.01, 1, 10)], [], null);
        _board.OnCycleEnded(Report(10), new ModelVersion(4), probe, Verdict.Promoted);
        _board.OnCycleEnded(Report(10), new ModelVersion(5), ProbeReport.Empty, new Verdict(VerdictKind.Hold, [reason]));
        Assert.Equal(["v4 promote; held-out mae 0.650", $"v5 hold; {reason}"], _board.TakeNews());
        Assert.Empty(_board.TakeNews());
        (ModelVersion last, CycleReport report) = Assert.NotNull(_board.Last);
        Assert.Equal((new ModelVersion(5), 10), (last, report.StepsDone));
    }

    private void Begin(long done, long total) => _board.Begin(new Stage(1, [new() { Name = "mae" }], Epochs: 2, LearningRate: 1e-3), stages: 2, done, total);

    private void Run(int steps, TimeSpan time)
    {
        _board.OnCycleStarted(new CycleNumber(1), "pretrain 1 mae", new AvailableData(1, 2, 3), stepsMax: steps);
        _time.Advance(time);
        Step("mae", 0.9, steps - 1);
    }

    private void Step(string objective, double loss, int step) =>
        _board.OnStep(new StepReport(new CycleNumber(1), new StepNumber(step), objective, 1, 64, loss, 1, 1e-3, 0, new Dictionary<string, double>()));

    private void End(VerdictKind verdict, int steps) => _board.OnCycleEnded(Report(steps), new ModelVersion(1), ProbeReport.Empty, new Verdict(verdict, []));

    private static CycleReport Report(int steps) => new(new CycleNumber(1), steps, new Dictionary<string, ObjectiveSummary>(), []);
}
