using SslAgent.Domain;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Regularizing;

public sealed class DistillationTests
{
    private static readonly CycleNumber First = new(1), Second = new(2);

    [Fact]
    public void The_error_is_the_mean_squared_difference_in_units_of_the_teachers_variance()
    {
        using var scope = NewDisposeScope();
        float[] predicted = [1, 2, -1, 0.5f, 3, 0], taught = [0, 1, 4, -2, 2, 7];
        const int rows = 3, width = 2;
        double squares = 0, variance = 0;
        for (var column = 0; column < width; column++)
        {
            double mean = Enumerable.Range(0, rows).Average(row => taught[row * width + column]);
            for (var row = 0; row < rows; row++)
            {
                int at = row * width + column;
                squares += Math.Pow(predicted[at] - taught[at], 2);
                variance += Math.Pow(taught[at] - mean, 2);
            }
        }

        Tensor error = Distillation.Error(tensor(predicted).view(rows, width), tensor(taught).view(rows, width));
        Assert.Equal(squares / variance, error.item<float>(), 1e-5);
    }

    [Fact]
    public void Knowing_nothing_but_the_mean_costs_one_and_knowing_all_costs_nothing()
    {
        using var scope = NewDisposeScope();
        Tensor taught = tensor(Enumerable.Range(0, 60).Select(i => MathF.Sin(i * i)).ToArray()).view(12, 5);
        Assert.Equal(1, Distillation.Error(taught.mean([0], keepdim: true).expand(12, 5), taught).item<float>(), 1e-4);
        Assert.Equal(0, Distillation.Error(taught, taught).item<float>());
    }

    [Fact]
    public void Each_objective_learns_while_its_teacher_stays_predictable_better_than_by_the_mean()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Distillation = 1, BatchSize = 24, LearningRate = 3e-3 });
        using Learner learner = Trained(plan);
        learner.TeachBySelf();
        var reports = new List<StepReport>();
        learner.RunCycle(Second, 0, 180, new KeyedSource(200, 200, 200), _ => true, reports.Add);
        foreach (IGrouping<string, StepReport> objective in reports.GroupBy(report => report.Objective))
        {
            double[] errors = [.. objective.Select(report => report.Terms[Distillation.TermName])];
            Assert.All(errors, error => Assert.InRange(error, 0, 1));
            Assert.True(errors[^1] > 0, "a learner that learns moves");
            double[] losses = [.. objective.Select(report => report.Loss)];
            Assert.True(losses[^1] < losses[0], $"{objective.Key}: loss {losses[0]} → {losses[^1]}, distillation {errors[0]} → {errors[^1]}");
        }

        Assert.Equal(["clip", "mae", "mlm"], reports.Select(report => report.Objective).Distinct().Order());
    }

    [Fact]
    public void What_was_distilled_stays_nearer_to_the_teacher()
    {
        // Two learners go on from one version with other pictures; only one is held.
        LearnerPlan free = Some.Plan(Objectives(Some.SmallLearning with { LearningRate = 5e-3, BatchSize = 24 }));
        LearnerPlan held = free with { Regularization = new RegularizationPlan(Distillation: 10, EmbeddingReplay: 0, MixUp: 0) };
        using Learner teacher = Trained(free);
        using StoredSnapshot version = Store(teacher);
        Assert.True(DriftUnder(held, version) < 0.9 * DriftUnder(free, version));
    }

    [Theory]
    [InlineData("fp32", 0.0)]
    [InlineData("bf16", 0.99)]
    public void A_teacher_from_memory_one_from_a_stored_version_and_a_resumed_cycle_end_with_the_same_bytes(string dtype, double emaDecay)
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Distillation = 1, Dtype = dtype, EmaDecay = emaDecay });
        using Learner whole = Trained(plan);
        using StoredSnapshot promoted = Store(whole);
        whole.TeachBySelf();
        whole.RunCycle(Second, 0, 9, new KeyedSource(40, 40, 40), _ => true, null);

        using Learner cut = Some.Learner(plan);
        cut.RevertTo(promoted);
        cut.TeachBy(promoted);
        cut.RunCycle(Second, 0, 9, new KeyedSource(40, 40, 40), done => done < 4, null);
        using StoredSnapshot resumePoint = Store(cut);
        using Learner resumed = Some.Learner(plan);
        resumed.RevertTo(promoted);
        resumed.TeachBySelf();
        resumed.RevertTo(resumePoint);
        resumed.RunCycle(Second, 4, 9, new KeyedSource(40, 40, 40), _ => true, null);
        Assert.Equal(whole.Digest(), resumed.Digest());
    }

    [Fact]
    public void Without_a_teacher_it_changes_nothing_else()
    {
        using Learner plain = Trained(Some.Plan());
        using Learner ready = Trained(Some.Plan(Some.SmallLearning with { Distillation = 1 }));
        using StoredSnapshot one = Store(plain), other = Store(ready);
        Assert.All(one.Model, tensor => Assert.True(tensor.Value.Data.Span.SequenceEqual(other.Model[tensor.Key].Data.Span), tensor.Key));
        Assert.Contains(other.Model.Keys, name => name.StartsWith("distillation.mae", StringComparison.Ordinal));
    }

    [Fact]
    public void It_can_be_switched_on_and_off_on_existing_versions()
    {
        LearnerPlan off = Some.Plan(), on = Some.Plan(Some.SmallLearning with { Distillation = 1 });
        using Learner before = Trained(off);
        using StoredSnapshot first = Store(before);
        using Learner with = Some.Learner(on);
        with.RevertTo(first);
        using Learner fresh = Some.Learner(on);
        using StoredSnapshot switched = Store(with), initial = Store(fresh);
        foreach ((string name, TensorBytes tensor) in switched.Model)
        {
            TensorBytes expected = first.Model.TryGetValue(name, out TensorBytes? kept) ? kept : initial.Model[name];
            Assert.True(expected.Data.Span.SequenceEqual(tensor.Data.Span), name);
        }

        with.TeachBySelf();
        with.RunCycle(Second, 0, 6, new KeyedSource(40, 40, 40), _ => true, null);
        using StoredSnapshot second = Store(with);
        using Learner after = Some.Learner(off);
        after.RevertTo(second);
        using StoredSnapshot third = Store(after);
        Assert.All(third.Model, tensor => Assert.True(tensor.Value.Data.Span.SequenceEqual(second.Model[tensor.Key].Data.Span), tensor.Key));
        Assert.All(after.Digest(), letter => Assert.True(char.IsAsciiHexDigitLower(letter)));
    }

    private static LearningOptions Objectives(LearningOptions learning) => learning with { Objectives = [new ObjectiveOptions { Name = "mae" }] };

    /// <summary>Mean squared distance of old pictures' features from the version's, after a cycle of other pictures.</summary>
    private static double DriftUnder(LearnerPlan plan, StoredSnapshot version)
    {
        using Learner learner = Some.Learner(plan);
        learner.RevertTo(version);
        learner.TeachBySelf();
        learner.RunCycle(Second, 0, 60, new KeyedSource(40, 0, 0), _ => true, null);
        using StoredSnapshot after = Store(learner);
        EmbeddingInput[] frames = [.. Enumerable.Range(5_000, 24).Select(number => new EmbeddingInput(Some.Frame(number), null))];
        float[][] then = Embedded(version, frames), now = Embedded(after, frames);
        return then.Zip(now, (left, right) => left.Zip(right, (a, b) => (a - b) * (a - b)).Average()).Average();
    }

    private static float[][] Embedded(StoredSnapshot stored, EmbeddingInput[] frames)
    {
        using var embedder = Embedder.Open(stored, new Device("cpu"), ComputeDtype.Fp32, _ => new ByteTokenizer());
        return embedder.Embed(EmbeddingSpace.Frames, frames);
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
