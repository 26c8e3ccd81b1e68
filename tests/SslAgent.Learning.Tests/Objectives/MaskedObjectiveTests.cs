using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What holds for every masked, predictive and pretext objective; their oracles stand in files of their own.</summary>
public sealed class MaskedObjectiveTests
{
    private static readonly CycleNumber First = new(1);

    public static TheoryData<string> Names => [.. MaskedNames.All];

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_and_gradients_are_what_PyTorch_gives(string name)
    {
        using var fixture = Fixture.OfMasked();
        fixture.RequireSameAsPyTorch(name.Replace('-', '_'), MaskedNames.LossAsGiven(name, fixture), lossTolerance: 1e-4f, gradientTolerance: 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        using var fixture = Fixture.OfMasked();
        FiniteDifferences.Require(fixture, () => MaskedNames.LossAsGiven(name, fixture), step: 1e-3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_key_gives_the_same_loss_and_another_key_another(string name)
    {
        using var fixture = Fixture.OfMasked();
        using IDisposable noGradients = no_grad();
        float loss = LossOf(fixture.Input);
        Assert.Equal(loss, LossOf(fixture.Input));
        float other = LossOf(fixture.Input with { Key = fixture.Input.Key with { Step = 2 } });
        Assert.Equal(name == ObjectiveNames.Rotation, other == loss); // All turns of a frame are asked about: nothing is drawn.

        float LossOf(ObjectiveInput input) => Of(name).Loss(input).Loss.item<float>();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Features_are_those_that_the_loss_is_of_and_a_single_frame_is_enough_where_one_is_promised(string name)
    {
        using var fixture = Fixture.OfMasked();
        ObjectiveDefinition objective = Of(name);
        Tensor[] own = [.. objective.Loss(fixture.Input).Features()], asked = [.. objective.Features(fixture.Input)];
        Assert.Equal(objective.FeatureWidths(fixture.Plan.Model).Select(width => (long)width), own.Select(feature => feature.shape[1]));
        foreach ((Tensor mine, Tensor theirs) in own.Zip(asked)) Pictures.Same(theirs.detach(), mine.detach(), 1e-6f);
        Assert.True(own[0].requires_grad);
        Tensor one = fixture.Input.Frames!.narrow(0, 0, objective.SamplesMin);
        Assert.True(float.IsFinite(objective.Loss(fixture.Input with { Frames = one }).Loss.item<float>()));
        Assert.True(double.IsFinite(objective.TrivialLoss(fixture.Input)) && objective.TrivialLoss(fixture.Input) > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_learns_without_falling_to_one_direction_and_its_head_comes_and_goes_with_the_plan(string name)
    {
        using Learner learner = Some.Learner(PlanOf(name));
        ProbeReport before = learner.Probe(new UprightSentinels());
        CycleReport report = learner.RunCycle(First, 0, MaskedNames.StepsToLearn(name), new UprightSource(200), _ => true, null);
        ProbeReport after = learner.Probe(new UprightSentinels());
        Assert.True(report.Objectives[name].LossLast < report.Objectives[name].LossFirst, report.Objectives[name].ToString());
        Assert.True(after.Eras.Average(era => era.Loss) < before.Eras.Average(era => era.Loss), $"{before.Eras[0]} → {after.Eras[0]}");
        Assert.True(after.Eras.Average(era => era.Loss) < 0.9 * after.Eras.Average(era => era.TrivialLoss), $"no better than trivial: {after.Eras[0]}");
        Assert.True(after.Features.Single(health => health.Tower == "frames").EffectiveRank > 2, after.Features[0].ToString());

        using StoredSnapshot stored = Store(learner);
        Assert.Contains(stored.Model.Keys, key => key.StartsWith(Of(name).Sections[^1] + ".", StringComparison.Ordinal));
        using Learner again = Some.Learner(PlanOf(name));
        again.RevertTo(stored);
        Assert.Equal(learner.Digest(), again.Digest());
        using Learner without = Some.Learner(Some.Plan());
        without.RevertTo(stored);
        using IModelSnapshot later = without.Snapshot();
        Assert.DoesNotContain(later.Model, tensor => tensor.Name.StartsWith(Of(name).Sections[^1] + ".", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cycle_resumed_in_its_middle_ends_with_the_same_bytes_and_probing_changes_none(string name)
    {
        using Learner whole = Some.Learner(PlanOf(name));
        whole.RunCycle(First, 0, 6, new UprightSource(40), _ => true, null);
        using Learner cut = Some.Learner(PlanOf(name));
        cut.RunCycle(First, 0, 6, new UprightSource(40), done => done < 3, null);
        using StoredSnapshot point = Store(cut);
        using Learner resumed = Some.Learner(PlanOf(name));
        resumed.RevertTo(point);
        resumed.Probe(new UprightSentinels());
        Assert.Equal(cut.Digest(), resumed.Digest());
        resumed.RunCycle(First, 3, 6, new UprightSource(40), _ => true, null);
        Assert.Equal(whole.Digest(), resumed.Digest());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_first_loss_in_bf16_is_nearly_that_in_fp32_and_every_step_is_taken(string name)
    {
        LearnerPlan plan = PlanOf(name);
        double[] losses = [.. new[] { ComputeDtype.Fp32, ComputeDtype.Bf16 }.Select(FirstLoss)];
        Assert.Equal(losses[0], losses[1], 0.05 * losses[0]);

        double FirstLoss(ComputeDtype dtype)
        {
            using Learner learner = Some.Learner(plan with { Compute = plan.Compute with { Dtype = dtype, AccumulationSteps = 2, FlagInterval = 1 } });
            var reports = new List<StepReport>();
            learner.RunCycle(First, 0, 3, new UprightSource(40), _ => true, reports.Add);
            Assert.All(reports, report => Assert.Equal(0, report.SkippedSteps));
            return reports[0].Loss;
        }
    }

    private static LearnerPlan PlanOf(string name) =>
        Some.Plan(Some.SmallLearning with { Objectives = [new ObjectiveOptions { Name = name, BatchSize = 24 }], LearningRate = 2e-3, WarmupSteps = 10, Flip = false });

    private static ObjectiveDefinition Of(string name) => ObjectiveRegistry.All.Single(objective => objective.Name == name);

    private static StoredSnapshot Store(Learner learner)
    {
        using IModelSnapshot snapshot = learner.Snapshot();
        return new StoredSnapshot(snapshot);
    }
}
