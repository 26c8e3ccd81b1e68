using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Planning;

public sealed class PlannerTests
{
    [Fact]
    public void Defaults_are_valid_and_mean_three_objectives_in_equal_turns()
    {
        Assert.Empty(new ModelOptions().Faults().Concat(new LearningOptions().Faults()));
        LearnerPlan plan = Some.Plan(new LearningOptions(), new ModelOptions());
        Assert.Equal(["mae", "mlm", "clip"], plan.Objectives.Select(objective => objective.Name));
        Assert.All(plan.Objectives, objective => Assert.Equal((1.0, 64), (objective.Weight, objective.BatchSize)));
        Assert.Equal(16, plan.Masking.PatchesKept);
    }

    [Theory]
    [InlineData("nano")]
    [InlineData("tiny")]
    [InlineData("small")]
    [InlineData("base")]
    public void Every_preset_is_a_shape_that_can_be_built(string preset)
    {
        var options = new ModelOptions { Preset = preset };
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        Assert.Empty(options.Faults());
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        string[] faults = [.. new ModelOptions { ImageSize = 60, FrameWidth = 130, FrameHeads = 4 }.Faults()];
        Assert.Equal(3, faults.Length);
        Assert.Contains(faults, fault => fault.Contains("60 pixels", StringComparison.Ordinal));
        Assert.Single(new ModelOptions { Preset = "huge" }.Faults());
        var learning = new LearningOptions { Objectives = [new() { Name = "mea", Weight = 0 }, new() { Name = "mae", Weight = 0 }, new() { Name = "mae", Weight = 0 }], EmaDecay = 0.2 };
        Assert.Equal(4, learning.Faults().Count());
    }

    [Fact]
    public void A_plan_survives_the_journal()
    {
        LearnerPlan plan = Some.Plan();
        Assert.Equal(plan.ToJson(), LearnerPlan.FromJson(plan.ToJson()).ToJson());
        Assert.Throws<JsonException>(() => LearnerPlan.FromJson(plan.ToJson().Replace("\"seed\"", "\"sead\"", StringComparison.Ordinal)));
        Assert.Throws<JsonException>(() => LearnerPlan.FromJson("{}"));
    }

    [Fact]
    public void What_was_auto_stays_as_it_was_resolved_first()
    {
        LearnerPlan first = Planner.Resolve(new ModelOptions(), new LearningOptions(), 1, null, new OtherMachine());
        Assert.Equal(new ComputePlan("cuda:0", ComputeDtype.Bf16, 12, 1, 16), first.Compute);
        LearnerPlan later = Some.Plan(new LearningOptions(), new ModelOptions());
        Assert.Equal("cpu", later.Compute.Device);
        Assert.Equal(first.Compute, Planner.Resolve(new ModelOptions(), new LearningOptions(), 1, first, new RefusingMachine()).Compute);
        Assert.Equal(3, Planner.Resolve(new ModelOptions(), new LearningOptions { Threads = 3 }, 1, first, new RefusingMachine()).Compute.Threads);
    }

    [Fact]
    public void A_changed_shape_or_seed_is_a_conflict_that_names_both_values_and_a_changed_rate_is_none()
    {
        LearnerPlan plan = Some.Plan();
        Assert.Empty(Some.Plan(Some.SmallLearning with { LearningRate = 0.1 }).ConflictsWith(plan));
        LearnerPlan other = Some.Plan(model: Some.SmallModel with { ImageSize = 32, TextWidth = 64 }) with { Seed = 9 };
        Assert.Equal(
            ["model.imageSize is 32, and 16 in the stored state", "model.textWidth is 64, and 32 in the stored state", "agent.seed is 9, and 20 in the stored state"],
            other.ConflictsWith(plan));
    }

    private sealed class OtherMachine : IMachine
    {
        public int Processors => 12;

        public string BestDevice() => "cuda:0";

        public ComputeDtype FasterDtype(string device) => ComputeDtype.Bf16;
    }

    private sealed class RefusingMachine : IMachine
    {
        public int Processors => throw new InvalidOperationException("asked again");

        public string BestDevice() => throw new InvalidOperationException("asked again");

        public ComputeDtype FasterDtype(string device) => throw new InvalidOperationException("asked again");
    }
}
