using SslAgent.Domain;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests;

public sealed class LearnerTests
{
    private static readonly CycleNumber First = new(1), Second = new(2);

    [Theory]
    [InlineData("fp32", 1)]
    [InlineData("bf16", 1)]
    [InlineData("bf16", 2)]
    public void Two_folds_of_the_same_plan_and_view_give_byte_identical_weights(string dtype, int threads)
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Dtype = dtype, Threads = threads });
        Assert.Equal(DigestAfter(plan, 12), DigestAfter(plan, 12));
        Assert.NotEqual(DigestAfter(plan, 12), DigestAfter(plan with { Seed = plan.Seed + 1 }, 12));
    }

    [Theory]
    [InlineData("fp32", 0.0)]
    [InlineData("bf16", 0.99)]
    public void A_cycle_resumed_from_a_snapshot_in_its_middle_ends_with_the_same_bytes(string dtype, double emaDecay)
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Dtype = dtype, EmaDecay = emaDecay });
        var source = new KeyedSource(40, 40, 40);
        using Learner whole = Fresh(plan);
        CycleReport uninterrupted = whole.RunCycle(First, 0, 14, source, _ => true, null);

        using Learner cut = Fresh(plan);
        cut.RunCycle(First, 0, 14, source, done => done < 5, null);
        using IModelSnapshot snapshot = cut.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        using Learner resumed = Some.Learner(plan);
        resumed.RevertTo(stored);
        Assert.Equal(cut.Digest(), resumed.Digest());
        Assert.Equal(5, resumed.StepsDone);
        CycleReport report = resumed.RunCycle(First, 5, 14, source, _ => true, null);

        Assert.Equal(whole.Digest(), resumed.Digest());
        Assert.Equal(uninterrupted.StepsDone, report.StepsDone);
        foreach ((string name, ObjectiveSummary summary) in uninterrupted.Objectives)
            Assert.Equal(summary with { Seconds = 0 }, report.Objectives[name] with { Seconds = 0 });
    }

    [Fact]
    public void Losses_fall_and_probes_end_below_what_is_trivial()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { BatchSize = 32, LearningRate = 5e-3, WarmupSteps = 20 });
        using Learner learner = Fresh(plan);
        CycleReport report = learner.RunCycle(First, 0, 240, new KeyedSource(400, 400, 400), _ => true, null);
        ProbeReport probe = learner.Probe(new Sentinels());
        Assert.All(report.Objectives.Values, summary => Assert.True(summary.LossLast < summary.LossFirst, summary.ToString()));
        Assert.All(probe.Eras, era => Assert.True(era.Loss < era.TrivialLoss, era.ToString()));
        Assert.Equal(6, probe.Eras.Count);
    }

    private static Learner Fresh(LearnerPlan plan)
    {
        Learner learner = Some.Learner(plan);
        learner.AdoptTokenizer(new ByteTokenizer());
        return learner;
    }

    private static string DigestAfter(LearnerPlan plan, int steps)
    {
        using Learner learner = Fresh(plan);
        learner.RunCycle(First, 0, steps, new KeyedSource(40, 40, 40), _ => true, null);
        learner.RunCycle(Second, 0, 3, new KeyedSource(40, 40, 40), _ => true, null);
        return learner.Digest();
    }
}
