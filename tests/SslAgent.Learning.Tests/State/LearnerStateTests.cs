using System.Runtime.InteropServices;
using SslAgent.Domain;
using SslAgent.Learning.Planning;
using SslAgent.Learning.State;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.State;

public sealed class LearnerStateTests
{
    private static readonly CycleNumber First = new(1);

    [Fact]
    public void Reverting_gives_back_the_bytes_of_the_version_after_any_training_since()
    {
        using Learner learner = Trained(Some.Plan(Some.SmallLearning with { EmaDecay = 0.99 }));
        using StoredSnapshot stored = Store(learner);
        string digest = learner.Digest();
        learner.RunCycle(new CycleNumber(2), 0, 4, new KeyedSource(40, 40, 40), _ => true, null);
        Assert.NotEqual(digest, learner.Digest());
        learner.RevertTo(stored);
        Assert.Equal(digest, learner.Digest());
        Assert.Equal(digest, stored.Manifest.WeightsDigest);
    }

    [Fact]
    public void A_rollback_warms_up_anew_and_a_version_of_a_cycle_does_not()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { WarmupSteps = 100 });
        using Learner learner = Trained(plan);
        Assert.Equal(0.001 * 4 / 100, RateAfter(VersionKind.Cycle), 1e-9);
        Assert.Equal(0.001 * 1 / 100, RateAfter(VersionKind.Rollback), 1e-9);

        double RateAfter(VersionKind kind)
        {
            using IModelSnapshot snapshot = learner.Snapshot();
            using var stored = new StoredSnapshot(snapshot, kind);
            using Learner other = Some.Learner(plan);
            other.RevertTo(stored);
            var rates = new List<double>();
            other.RunCycle(new CycleNumber(2), 0, 1, new KeyedSource(40, 0, 0), _ => true, report => rates.Add(report.LearningRate));
            return rates.Single();
        }
    }

    [Fact]
    public void Everything_that_does_not_fit_is_refused_by_name_and_value()
    {
        LearnerPlan plan = Some.Plan();
        using Learner learner = Trained(plan);
        using (StoredSnapshot stored = Store(learner))
        {
            stored.Training.Clear();
            Assert.Contains("no training state", Refusal(plan, stored), StringComparison.Ordinal);
        }

        using (StoredSnapshot stored = Store(learner))
        {
            stored.Model.Remove("vision.norm.bias");
            Assert.Contains("v1 has no tensor 'vision.norm.bias'", Refusal(plan, stored), StringComparison.Ordinal);
        }

        using (StoredSnapshot stored = Store(learner))
        {
            Assert.Contains("not F32 [64, 48]", Refusal(Some.Plan(model: Some.SmallModel with { FrameWidth = 64 }), stored), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_running_mean_begins_at_a_versions_weights_and_beside_it_the_weights_go_on_as_ever()
    {
        LearnerPlan plain = Some.Plan(Some.SmallLearning with { EmaDecay = 0 }), averaged = Some.Plan(Some.SmallLearning with { EmaDecay = 0.9 });
        using Learner origin = Trained(plain);
        using StoredSnapshot weights = Store(origin);
        using StoredSnapshot begun = After(averaged, weights, steps: 0);
        Assert.Equal(("raw", "ema"), (weights.Manifest.Served, begun.Manifest.Served));
        AssertSame(weights, begun);

        using StoredSnapshot mean = After(averaged, weights, steps: 4), never = After(plain, weights, steps: 4), ended = After(plain, mean, steps: 0);
        Assert.Contains(mean.Model.Values, tensor => !tensor.Data.Span.SequenceEqual(never.Model[tensor.Name].Data.Span));
        AssertSame(never, ended);

        static StoredSnapshot After(LearnerPlan plan, StoredSnapshot from, int steps)
        {
            using Learner learner = Some.Learner(plan);
            learner.RevertTo(from);
            if (steps > 0) learner.RunCycle(new CycleNumber(2), 0, steps, new KeyedSource(40, 40, 40), _ => true, null);
            return Store(learner);
        }

        static void AssertSame(StoredSnapshot expected, StoredSnapshot actual) =>
            Assert.All(expected.Model.Values, tensor => Assert.Equal(tensor.Data.ToArray(), actual.Model[tensor.Name].Data.ToArray()));
    }

    [Fact]
    public void A_snapshot_is_a_copy_and_at_most_three_are_out_at_once()
    {
        using Learner learner = Trained(Some.Plan());
        using IModelSnapshot first = learner.Snapshot();
        byte[] before = first.Model[0].Data.ToArray();
        learner.RunCycle(new CycleNumber(2), 0, 3, new KeyedSource(40, 40, 40), _ => true, null);
        Assert.Equal(before, first.Model[0].Data.ToArray());
        using (IModelSnapshot second = learner.Snapshot())
        {
            Assert.NotEqual(before, second.Model[0].Data.ToArray());
            Assert.Equal(second.Digest, learner.Digest());
            using IModelSnapshot third = learner.Snapshot();
            Assert.Throws<BrokenInvariantException>(() => learner.Snapshot());
        }

        Assert.NotEmpty(learner.Digest());
    }

    [Fact]
    public void Names_are_PyTorchs_and_files_describe_the_model()
    {
        using Learner learner = Trained(Some.Plan());
        using IModelSnapshot snapshot = learner.Snapshot();
        Assert.Contains(snapshot.Model, tensor => tensor.Name == "vision.blocks.0.attn.qkv.weight" && tensor.Shape.SequenceEqual([96, 32]));
        Assert.Contains(snapshot.Model, tensor => tensor.Name == "text.tokens.weight" && tensor.Shape.SequenceEqual([300, 32]));
        Assert.Equal(["learner.json", "model.json", "tokenizer.json"], snapshot.Files.Keys.Order());
        Assert.Equal("ema", snapshot.Served);
        Assert.All(snapshot.Model, tensor => Assert.All(MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray(), value => Assert.True(float.IsFinite(value))));
    }

    private static string Refusal(LearnerPlan plan, StoredSnapshot stored)
    {
        using Learner other = Some.Learner(plan);
        return Assert.Throws<ModelStateException>(() => other.RevertTo(stored)).Message;
    }

    private static StoredSnapshot Store(Learner learner)
    {
        using IModelSnapshot snapshot = learner.Snapshot();
        return new StoredSnapshot(snapshot);
    }

    private static Learner Trained(LearnerPlan plan)
    {
        Learner learner = Some.Learner(plan);
        learner.AdoptTokenizer(new ByteTokenizer());
        learner.RunCycle(First, 0, 9, new KeyedSource(40, 40, 40), _ => true, null);
        return learner;
    }
}
