using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Options;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class SlowCopyTests
{
    private static readonly CycleNumber First = new(1);

    [Fact]
    public void It_is_a_copy_after_the_first_step_and_moves_by_one_less_the_decay_from_the_second()
    {
        using var scope = NewDisposeScope();
        LearnerPlan plan = Some.Plan();
        SectionSpec vision = VisionTower.Declare(plan.Model);
        var copy = new SlowCopy("slow", [vision]);
        using var parameters = new FlatParameters(new ParameterLayout([TextTower.Declare(plan.Model), vision]), plan.Compute, averaged: false);
        var layout = new ParameterLayout(copy.DeclareState());
        using var state = new Weights(layout, ones(layout.Count) * 7, gradients: null);
        using IDisposable noGradients = no_grad();
        parameters.Masters.fill_(1);
        copy.Follow(parameters, state, decay: 0.9, stepsBefore: 0);
        Assert.Equal(1, Value(state));
        parameters.Masters.fill_(2);
        copy.Follow(parameters, state, decay: 0.9, stepsBefore: 1);
        Assert.Equal(1.1f, Value(state), 1e-6f);
        using Weights open = copy.Open(state, ScalarType.Float32);
        Assert.Equal(Value(state), open["vision.norm.weight"][0].item<float>());

        static float Value(Weights weights) => weights["slow.vision.norm.weight"][0].item<float>();
    }

    [Theory]
    [InlineData(ObjectiveNames.Byol)]
    [InlineData(ObjectiveNames.MoCoV3)]
    [InlineData(ObjectiveNames.Dino)]
    [InlineData(ObjectiveNames.MoCoV2)]
    [InlineData(ObjectiveNames.Swav)]
    [InlineData(ObjectiveNames.DeepClusterV2)]
    [InlineData(ObjectiveNames.IJepa)]
    [InlineData(ObjectiveNames.IBot)]
    [InlineData(ObjectiveNames.Equivariance)]
    public void A_cycle_resumed_in_its_middle_has_the_same_copy_and_one_that_is_switched_on_later_begins_anew(string name)
    {
        LearningOptions learning = Some.SmallLearning with { Objectives = [new() { Name = name }, new() { Name = ObjectiveNames.Mae }] };
        LearnerPlan plan = Some.Plan(learning), without = Some.Plan();
        using Learner whole = Some.Learner(plan);
        whole.RunCycle(First, 0, 8, new KeyedSource(40, 0, 0), _ => true, null);
        using Learner cut = Some.Learner(plan);
        cut.RunCycle(First, 0, 8, new KeyedSource(40, 0, 0), done => done < 3, null);
        using StoredSnapshot point = Store(cut);
        using Learner resumed = Some.Learner(plan);
        resumed.RevertTo(point);
        resumed.RunCycle(First, 3, 8, new KeyedSource(40, 0, 0), _ => true, null);
        Assert.Equal(whole.Digest(), resumed.Digest());

        using Learner before = Some.Learner(without);
        using StoredSnapshot plain = Store(before);
        using Learner switched = Some.Learner(plan), fresh = Some.Learner(plan);
        switched.RevertTo(plain);
        Assert.Equal(fresh.Digest(), switched.Digest());
    }

    private static StoredSnapshot Store(Learner learner)
    {
        using IModelSnapshot snapshot = learner.Snapshot();
        return new StoredSnapshot(snapshot);
    }
}
