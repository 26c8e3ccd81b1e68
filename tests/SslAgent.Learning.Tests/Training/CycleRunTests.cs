using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Training;

public sealed class CycleRunTests
{
    private static readonly CycleNumber First = new(1);

    [Fact]
    public void Objectives_without_data_or_tokenizer_have_no_turn()
    {
        LearnerPlan plan = Some.Plan();
        using Learner learner = Some.Learner(plan);
        Assert.Equal(["mae"], Trained(new KeyedSource(40, 40, 40)));
        learner.AdoptTokenizer(new ByteTokenizer());
        Assert.Equal(["mae", "mlm"], Trained(new KeyedSource(40, 40, 1)));
        Assert.Equal(["clip"], Trained(new KeyedSource(0, 0, 40)));
        Assert.Empty(Trained(new KeyedSource(0, 0, 0)));

        IEnumerable<string> Trained(KeyedSource source) =>
            learner.RunCycle(First, 0, 6, source, _ => true, null).Objectives.Keys.Order(StringComparer.Ordinal);
    }

    [Fact]
    public void An_entry_with_every_takes_part_in_each_so_many_th_cycle_and_where_nobody_would_all_do()
    {
        Assert.Equal("denoising|denoising|denoising mae|denoising", Trained(new() { Name = "mae", Every = 3 }, new() { Name = "denoising" }));
        Assert.Equal("denoising mae|denoising|mae|denoising", Trained(new() { Name = "mae", Every = 3 }, new() { Name = "denoising", Every = 2 }));

        static string Trained(params ObjectiveOptions[] objectives)
        {
            using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { Objectives = objectives }));
            var source = new KeyedSource(40, 0, 0);
            return string.Join('|', Enumerable.Range(1, 4).Select(cycle =>
                string.Join(' ', learner.RunCycle(new CycleNumber(cycle), 0, 4, source, _ => true, null).Objectives.Keys.Order(StringComparer.Ordinal))));
        }
    }

    [Fact]
    public void Nothing_moves_but_the_sections_that_an_objective_names()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Objectives = [new ObjectiveOptions { Name = "mae" }] });
        using Learner learner = Some.Learner(plan);
        using IModelSnapshot before = learner.Snapshot();
        learner.RunCycle(First, 0, 3, new KeyedSource(40, 40, 40), _ => true, null);
        using IModelSnapshot after = learner.Snapshot();
        foreach ((TensorBytes mine, TensorBytes theirs) in before.Model.Zip(after.Model))
        {
            bool moves = mine.Name.StartsWith("vision.", StringComparison.Ordinal) || mine.Name.StartsWith("mae.", StringComparison.Ordinal);
            Assert.True(moves != mine.Data.Span.SequenceEqual(theirs.Data.Span), mine.Name);
        }
    }

    [Fact]
    public void A_step_that_is_not_finite_is_skipped_counted_and_its_samples_quarantined()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { FlagInterval = 3 });
        plan = plan with { Objectives = [new ObjectivePlan("exploding", 1, 4)] };
        var drawn = new KeyedSource(40, 0, 0);
        using Learner learner = Some.Learner(plan, Exploding(key => key.Cycle == 2 || key.Step is 2 or 5));
        CycleReport report = learner.RunCycle(First, 0, 7, drawn, _ => true, null);
        SampleId[] expected = [.. new[] { 2, 5 }.SelectMany(step => drawn.Draw(Modality.Frame, 4, drawn.Drawn[step]).Ids).Distinct().Order()];
        Assert.Equal(expected, report.Quarantined);
        Assert.Equal((7, 2), (report.Objectives["exploding"].Steps, report.Objectives["exploding"].SkippedSteps));
        Assert.True(double.IsFinite(report.Objectives["exploding"].LossLast));
    }

    [Fact]
    public void A_cycle_of_skipped_steps_leaves_weights_and_moments_alone()
    {
        LearnerPlan plan = Some.Plan() with { Objectives = [new ObjectivePlan("exploding", 1, 4)] };
        using Learner learner = Some.Learner(plan, Exploding(key => key.Cycle == 2));
        learner.RunCycle(First, 0, 3, new KeyedSource(40, 0, 0), _ => true, null);
        using IModelSnapshot before = learner.Snapshot();
        CycleReport report = learner.RunCycle(new CycleNumber(2), 0, 3, new KeyedSource(40, 0, 0), _ => true, null);
        using IModelSnapshot after = learner.Snapshot();
        Assert.Equal(3, report.Objectives["exploding"].SkippedSteps);
        Assert.True(double.IsNaN(report.Objectives["exploding"].LossLast));
        foreach ((TensorBytes mine, TensorBytes theirs) in before.Model.Concat(before.Training).Zip(after.Model.Concat(after.Training)))
            Assert.True(mine.Data.Span.SequenceEqual(theirs.Data.Span), mine.Name);
    }

    [Fact]
    public void Accumulated_micro_batches_are_one_step_of_their_mean_gradient()
    {
        LearnerPlan one = Some.Plan(Some.SmallLearning with { Objectives = [new ObjectiveOptions { Name = "mae" }], BatchSize = 8 });
        LearnerPlan two = one with { Compute = one.Compute with { AccumulationSteps = 2 }, Objectives = [one.Objectives[0] with { BatchSize = 4 }] };
        using Learner accumulated = Some.Learner(two);
        var source = new KeyedSource(40, 0, 0);
        CycleReport report = accumulated.RunCycle(First, 0, 4, source, _ => true, null);
        Assert.Equal((4, 32), (report.StepsDone, report.Objectives["mae"].Samples));
        Assert.Equal(8, source.Drawn.Distinct().Count());
        Assert.InRange(report.Objectives["mae"].LossFirst, 0.5, 3);
    }

    [Fact]
    public void Reports_come_every_few_steps_and_cover_every_step_once()
    {
        using Learner learner = Some.Learner(Some.Plan());
        learner.AdoptTokenizer(new ByteTokenizer());
        var reports = new List<StepReport>();
        learner.RunCycle(First, 0, 10, new KeyedSource(40, 40, 40), _ => true, reports.Add);
        Assert.Equal(10, reports.Sum(report => report.Steps));
        Assert.Equal([3, 3, 2], reports.GroupBy(report => report.Step.Value / 4).Select(group => group.Count()));
        Assert.All(reports, report => Assert.True(double.IsFinite(report.Loss) && report.GradientNorm > 0));
        Assert.Contains(reports, report => report.Objective == "clip" && report.Terms.ContainsKey("accuracy") && report.Terms["scale"] is > 1 and < 100);
    }

    [Fact]
    public void Live_tensors_are_as_many_after_many_steps_as_after_few()
    {
        using Learner learner = Some.Learner(Some.Plan());
        learner.AdoptTokenizer(new ByteTokenizer());
        var source = new KeyedSource(40, 40, 40);
        learner.RunCycle(First, 0, 6, source, _ => true, null);
        learner.Probe(new Sentinels());
        long before = Tensor.TotalCount;
        learner.RunCycle(new CycleNumber(2), 0, 30, source, _ => true, null);
        Assert.Equal(before, Tensor.TotalCount);
        learner.Probe(new Sentinels());
        Assert.Equal(before, Tensor.TotalCount);
        learner.ReconstructFrames([Some.Frame(1)]);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Another_threads_call_is_our_bug()
    {
        using Learner learner = Some.Learner(Some.Plan());
        BrokenInvariantException? caught = null;
        var stranger = new Thread(() => caught = Assert.Throws<BrokenInvariantException>(() => learner.Digest()));
        stranger.Start();
        stranger.Join();
        Assert.NotNull(caught);
    }

    /// <summary>A loss over MAE's sections that is not a number at chosen steps.</summary>
    private static ObjectiveDefinition Exploding(Func<DrawKey, bool> at) => Mae.Definition with
    {
        Name = "exploding",
        Declare = _ => [],
        Loss = input =>
        {
            ObjectiveLoss loss = Mae.Loss(input);
            return at(input.Key) ? new ObjectiveLoss(loss.Loss * float.NaN) : loss;
        },
    };
}
