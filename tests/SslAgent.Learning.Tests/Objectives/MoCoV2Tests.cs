using System.Runtime.InteropServices;
using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What MoCo v2 has beside the other objectives on views (<see cref="ViewObjectiveTests"/>): a queue of keys.</summary>
public sealed class MoCoV2Tests
{
    private const int Batch = 3, Slots = 8, Width = 4;

    private const double Temperature = 0.2;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(Slots)]
    public void The_loss_is_the_surprise_at_the_own_key_among_as_many_negatives_as_the_queue_has_slots(int filled)
    {
        using var scope = NewDisposeScope();
        double[][] queries = Rows(Batch, 1), keys = Rows(Batch, 2), queue = Rows(Slots, 3);
        float[] losses = MoCoV2.Contrast(Matrix(queries), Matrix(keys), Matrix(queue), arange(Slots) < filled, Temperature).data<float>().ToArray();
        for (var row = 0; row < Batch; row++)
        {
            double[][] negatives = [.. keys.Where((_, other) => other != row), .. queue.Take(filled)];
            double own = Math.Exp(Dot(queries[row], keys[row]) / Temperature);
            double others = negatives.Average(key => Math.Exp(Dot(queries[row], key) / Temperature)) * Slots;
            Assert.Equal(-Math.Log(own / (own + others)), losses[row], 1e-4);
        }
    }

    [Fact]
    public void One_vector_for_everything_gets_the_trivial_loss_with_any_queue()
    {
        using var fixture = Fixture.OfViews();
        long slots = MoCoV2.Definition.DeclareState(fixture.Plan.Model).Single(section => section.Name == "moco_v2.queue").Parameters[0].Shape[0];
        Tensor same = nn.functional.normalize(ones(Batch, Width), dim: 1), queue = same[0].unsqueeze(0).expand(slots, Width);
        foreach (long filled in new[] { 0, 10, slots })
            Assert.Equal(MoCoV2.Definition.TrivialLoss(fixture.Input), MoCoV2.Contrast(same, same, queue, arange(slots) < filled, Temperature).mean().item<float>(), 1e-4);
    }

    [Fact]
    public void Slots_that_are_not_filled_are_no_negatives_and_a_probe_does_not_ask_the_queue()
    {
        using var fixture = Fixture.OfViews();
        using IDisposable noGradients = no_grad();
        Weights state = Check.NotNull(fixture.State, "it has state");
        Tensor keys = state["moco_v2.queue.keys"];
        var filled = (long)state["moco_v2.queue.filled"].item<float>();
        float loss = Loss(fixture.Input), probe = Probe();
        keys.narrow(0, filled, keys.shape[0] - filled).fill_(1);
        Assert.Equal(loss, Loss(fixture.Input));
        keys.narrow(0, 0, filled).fill_(1);
        Assert.NotEqual(loss, Loss(fixture.Input));
        Assert.Equal(probe, Probe());

        float Probe() => Check.NotNull(MoCoV2.Definition.ProbeLosses, "it is asked as a whole")(fixture.Input).mean().item<float>();
    }

    [Fact]
    public void Of_a_small_buffer_no_more_keys_are_used_than_half_its_frames()
    {
        using var fixture = Fixture.OfViews();
        using IDisposable noGradients = no_grad();
        Assert.Equal(24 + 3, Negatives(null));
        Assert.Equal(24 + 3, Negatives(1000));
        Assert.Equal(10 + 3, Negatives(20));
        Assert.Equal(1 + 3, Negatives(3));

        float Negatives(int? population) => MoCoV2.Definition.Loss(fixture.Input with { Population = population }).Terms[0].item<float>();
    }

    [Fact]
    public void A_cycle_tells_the_loss_how_many_frames_there_are()
    {
        const int frames = 12, batch = 4;
        using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = ObjectiveNames.MoCoV2, BatchSize = batch }], FlagInterval = 1 }));
        var negatives = new List<double>();
        learner.RunCycle(new CycleNumber(1), 0, 8, new KeyedSource(frames, 0, 0), _ => true, report => negatives.Add(report.Terms["negatives"]));
        Assert.Equal(batch - 1, negatives[0]);
        Assert.Equal((frames / 2) + batch - 1, negatives[^1]); // Eight batches of two views would have left more than half of twelve.
    }

    [Fact]
    public void Steps_after_the_first_put_both_views_keys_into_the_queue_and_the_queue_is_part_of_version_and_digest()
    {
        LearningOptions learning = Some.SmallLearning with { Objectives = [new() { Name = ObjectiveNames.MoCoV2, BatchSize = 8 }] };
        using Learner learner = Some.Learner(Some.Plan(learning));
        learner.RunCycle(new CycleNumber(1), 0, 6, new KeyedSource(40, 0, 0), _ => true, null);
        string digest = learner.Digest();
        learner.Probe(new Sentinels());
        Assert.Equal(digest, learner.Digest());

        using IModelSnapshot snapshot = learner.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        Assert.Equal(5 * 2 * 8, StateOf(stored, Some.Plan(learning), "moco_v2.queue.filled")[0]);
        float[] keys = StateOf(stored, Some.Plan(learning), "moco_v2.queue.keys");
        Assert.All(keys.Chunk(128).Take(80), key => Assert.Equal(1, key.Sum(value => value * value), 1e-4f));
        Assert.All(keys.Chunk(128).Skip(80), key => Assert.Equal(0, key.Sum(value => value * value)));
    }

    /// <summary>One tensor of a stored version's objective state.</summary>
    internal static float[] StateOf(StoredSnapshot stored, LearnerPlan plan, string name)
    {
        var layout = Check.NotNull(ObjectiveRegistry.StateLayout(plan.Model, ObjectiveRegistry.Of(plan)), "the plan has state");
        ParameterSlot slot = layout.Slots.Single(one => one.Spec.Name == name);
        return MemoryMarshal.Cast<byte, float>(stored.Training["training.objective_state"].Data.Span).Slice((int)slot.Offset, (int)slot.Spec.Count).ToArray();
    }

    private static float Loss(ObjectiveInput input) => MoCoV2.Definition.Loss(input).Loss.item<float>();

    private static double[][] Rows(int count, int part)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test, part));
        var rows = new double[count][];
        for (var row = 0; row < count; row++)
        {
            var values = new double[Width];
            for (var i = 0; i < Width; i++) values[i] = (2 * chance.NextDouble()) - 1;
            double length = Math.Sqrt(values.Sum(value => value * value));
            rows[row] = [.. values.Select(value => value / length)];
        }

        return rows;
    }

    private static Tensor Matrix(double[][] rows) => tensor(rows.SelectMany(row => row).Select(value => (float)value).ToArray()).view(rows.Length, Width);

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
