using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What DeepCluster-v2 has beside the other objectives on views (<see cref="ViewObjectiveTests"/>): a memory that is clustered at fixed steps.</summary>
public sealed class DeepClusterV2Tests
{
    [Fact]
    public void The_memory_is_clustered_at_fixed_steps_more_often_at_first()
    {
        Assert.Equal([10L, 20, 30, 40, 50, 100, 150, 200], Enumerable.Range(1, 200).Select(step => (long)step).Where(step => DeepClusterV2.IsDue(step, 50)));
    }

    [Fact]
    public void A_label_is_the_nearest_cluster()
    {
        using var scope = NewDisposeScope();
        Tensor labels = DeepClusterV2.Labels(tensor(new[] { 0.1f, 0.9f, -1f, 0.3f, 0.2f, 0.25f }).view(2, 3));
        Assert.Equal([0f, 1, 0, 1, 0, 0], labels.data<float>().ToArray());
    }

    [Fact]
    public void Before_the_first_clustering_nothing_is_told_and_nothing_moves()
    {
        using var fixture = Fixture.OfViews();
        Tensor centroids = Check.NotNull(fixture.State, "it has state")[DeepClusterV2.Centroids];
        using (no_grad()) centroids.zero_();
        Tensor loss = DeepClusterV2.Definition.Loss(fixture.Input).Loss;
        Assert.Equal(Math.Log(centroids.shape[0]), loss.item<float>(), 1e-5);
        loss.backward();
        Assert.Equal(0, fixture.Gradients.abs().max().item<float>());
    }

    [Fact]
    public void Clusters_follow_the_memory_when_they_are_due_and_probes_change_neither()
    {
        LearningOptions learning = Some.SmallLearning with { Objectives = [new() { Name = ObjectiveNames.DeepClusterV2, BatchSize = 8 }] };
        LearnerPlan plan = Some.Plan(learning);
        using Learner learner = Some.Learner(plan);
        float[] nine = After(9), ten = After(10), nineteen = After(19), twenty = After(20);
        Assert.All(nine, value => Assert.Equal(0, value));
        Assert.All(ten.Chunk(128), row => Assert.Equal(1, row.Sum(value => value * value), 1e-4f));
        Assert.Equal(ten, nineteen);
        Assert.NotEqual(ten, twenty);

        float[] After(int steps)
        {
            learner.RunCycle(new CycleNumber(1), learner.StepsDone, steps, new KeyedSource(40, 0, 0), _ => true, null);
            string digest = learner.Digest();
            learner.Probe(new Sentinels());
            Assert.Equal(digest, learner.Digest());
            using IModelSnapshot snapshot = learner.Snapshot();
            using var stored = new StoredSnapshot(snapshot);
            return MoCoV2Tests.StateOf(stored, plan, DeepClusterV2.Centroids);
        }
    }
}
