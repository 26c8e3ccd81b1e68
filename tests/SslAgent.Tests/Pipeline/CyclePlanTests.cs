using System.Text.Json.Nodes;
using SslAgent.Domain;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Pipeline;
using SslAgent.Replay;

namespace SslAgent.Tests.Pipeline;

public sealed class CyclePlanTests
{
    [Fact]
    public void It_is_read_back_whole()
    {
        ReplayOptions replay = new() { FramesMax = 7, FreshRatio = 0.1, Policy = ReplayPolicy.Minred, Ratio = ReplayRatio.Adaptive, EraBy = EraGrouping.Source, EraDuration = TimeSpan.FromMinutes(90), PairByTime = true };
        CyclePlan plan = new(Planner.Resolve(new ModelOptions(), new LearningOptions(), 7, earlier: null, new Machine()), 60, 0.25, replay.ForFold());

        CyclePlan read = CyclePlan.FromJson(plan.ToJson());

        Assert.Equal((plan.Steps, plan.FreshRatio, plan.Replay), (read.Steps, read.FreshRatio, read.Replay));
        Assert.Equal(plan.Learner.ToJson(), read.Learner.ToJson());
    }

    [Fact]
    public void One_of_a_release_that_knew_no_policies_is_a_reservoir_with_the_ratio_of_its_options()
    {
        CyclePlan plan = new(Planner.Resolve(new ModelOptions(), new LearningOptions(), 7, earlier: null, new Machine()), 60, 0.25, new ReplayOptions { FreshRatio = 0.4 });
        JsonNode old = Check.NotNull(JsonNode.Parse(plan.ToJson()), "a plan is an object");
        JsonObject root = old.AsObject(), replay = Check.NotNull(old["replay"], "a plan has replay options").AsObject();
        root.Remove("freshRatio");
        foreach (string name in (string[])["policy", "refreshedMax", "ratio", "freshRatioMin", "freshRatioMax"]) Assert.True(replay.Remove(name), name);

        CyclePlan read = CyclePlan.FromJson(old.ToJsonString());

        Assert.Equal(0.4, read.FreshRatio);
        Assert.Equal(plan.Replay, read.Replay);
    }

    [Fact]
    public void The_journals_own_settings_do_not_bear_on_a_fold()
    {
        ReplayOptions one = new() { SegmentBytes = 1 << 16, GroupCommitBytes = 1 << 12, GroupCommitDelay = TimeSpan.FromSeconds(1), JournalBytesMax = 1L << 40 };

        Assert.Equal(new ReplayOptions(), one.ForFold());
        Assert.NotEqual(new ReplayOptions(), (one with { TextsMax = 1 }).ForFold());
    }

    [Fact]
    public void One_that_draws_evenly_has_the_options_of_one_that_does_not_and_the_share_that_an_adaptive_one_goes_on_from()
    {
        CyclePlan options = PlanOf(new LearningOptions());
        CyclePlan read = CyclePlan.FromJson((options with { DrawsEvenly = true }).Under(0.5, 0.5).ToJson());
        Assert.Null(read.FreshShare);
        Assert.Equal(options.FreshRatio, read.FreshRatioResolved);
        Assert.True(options.HasOptionsOf(read));
        Assert.Equal(options.FreshRatio, CyclePlan.FromJson(options.ToJson()).FreshShare);
        Assert.DoesNotContain("drawsEvenly", options.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_verdicts_made_of_the_options_is_read_back_and_told_apart_from_other_options()
    {
        CyclePlan options = PlanOf(new LearningOptions { LearningRate = 3e-3 });
        CyclePlan slow = CyclePlan.FromJson(options.Under(0.25, 0.5).ToJson());

        Assert.Equal((0.25, 0.5, 0.25 * 3e-3), (slow.LearningRateScale, slow.FreshScale, slow.Learner.Optimizer.LearningRate));
        Assert.Equal((0.5 * options.FreshRatio, options.FreshRatio), (slow.FreshRatio, slow.FreshRatioResolved));
        Assert.True(options.HasOptionsOf(slow));
        Assert.False(PlanOf(new LearningOptions { LearningRate = 1e-3 }).HasOptionsOf(slow));
        Assert.False((options with { Replay = options.Replay with { TextsMax = 1 } }).HasOptionsOf(slow));
    }

    [Theory]
    [InlineData(0.5, 5, 0.75)]
    [InlineData(0.8, 1.3, 0.9)]
    [InlineData(0.3, 1.3, 0.39)]
    [InlineData(1, 1.3, 1)]
    [InlineData(0.5, 0.42, 0.21)]
    public void A_drift_leaves_replay_half_of_what_a_fixed_ratio_left_it(double ratio, double scale, double expected)
    {
        CyclePlan scaled = (PlanOf(new LearningOptions()) with { FreshRatio = ratio }).Under(1, scale);
        Assert.Equal((expected, ratio), (Math.Round(scaled.FreshRatio, 9), scaled.FreshRatioResolved));
    }

    [Theory]
    [InlineData(0.5, 1.3, 0.6)]
    [InlineData(0.4, 1.3, 0.52)]
    [InlineData(0.6, 0.5, 0.3)]
    public void An_adaptive_ratio_does_not_exceed_its_most_for_a_drift(double ratio, double scale, double expected)
    {
        ReplayOptions adaptive = new ReplayOptions { Ratio = ReplayRatio.Adaptive, FreshRatioMax = 0.6 }.ForFold();
        CyclePlan scaled = (PlanOf(new LearningOptions()) with { FreshRatio = ratio, Replay = adaptive }).Under(1, scale);
        Assert.Equal((expected, ratio), (Math.Round(scaled.FreshRatio, 9), scaled.FreshRatioResolved));
    }

    [Fact]
    public void A_plan_from_before_verdicts_changed_it_is_as_the_options_say()
    {
        CyclePlan plan = PlanOf(new LearningOptions());
        Assert.DoesNotContain("Scale", plan.ToJson(), StringComparison.Ordinal);
        Assert.Equal((1.0, 1.0), (CyclePlan.FromJson(plan.ToJson()).LearningRateScale, CyclePlan.FromJson(plan.ToJson()).FreshScale));
    }

    [Fact]
    public void Which_sources_are_replayed_more_often_is_read_back_and_is_no_option()
    {
        CyclePlan plan = PlanOf(new LearningOptions()), weighed = plan with { SourceWeights = new Dictionary<string, double> { ["camera \"2\""] = 1.75, ["a"] = 0.1 } };
        Assert.Equal(weighed.SourceWeights.OrderBy(one => one.Key), CyclePlan.FromJson(weighed.ToJson()).SourceWeights.OrderBy(one => one.Key));
        Assert.Empty(CyclePlan.FromJson(plan.ToJson()).SourceWeights);
        Assert.True(plan.HasOptionsOf(CyclePlan.FromJson(weighed.ToJson())));
    }

    [Fact]
    public void A_plan_from_before_there_were_windows_takes_every_frame()
    {
        CyclePlan plan = PlanOf(new LearningOptions());
        JsonNode old = Check.NotNull(JsonNode.Parse(plan.ToJson()), "a plan is an object");
        Assert.True(Check.NotNull(old["learner"], "it has a learner's").AsObject().Remove("windows"));
        Assert.Equal(plan.Learner.ToJson(), CyclePlan.FromJson(old.ToJsonString()).Learner.ToJson());
    }

    private static CyclePlan PlanOf(LearningOptions learning) =>
        new(Planner.Resolve(new ModelOptions(), learning, 7, earlier: null, new Machine()), 60, 0.5, new ReplayOptions().ForFold());

    private sealed class Machine : IMachine
    {
        public int Processors => 2;

        public string BestDevice() => "cpu";

        public ComputeDtype FasterDtype(string device) => ComputeDtype.Bf16;
    }
}
