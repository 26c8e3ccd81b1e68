using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class SigLipTests
{
    [Fact]
    public void Each_frame_is_asked_of_each_text_whether_they_belong_together()
    {
        using var fixture = Fixture.OfTexts();
        (Tensor cosines, Tensor positives) = Clip.Compare(fixture.Input, Clip.Embed(fixture.Input));
        (float[] scores, float[] belong) = (cosines.data<float>().ToArray(), positives.data<float>().ToArray());
        double scale = Math.Exp(fixture.Weights[SigLip.LogitScale].item<float>()), bias = fixture.Weights[SigLip.LogitBias].item<float>(), sum = 0;
        for (var pair = 0; pair < scores.Length; pair++)
        {
            double sign = belong[pair] > 0 ? 1 : -1;
            sum -= Math.Log(1 / (1 + Math.Exp(-sign * ((scale * scores[pair]) + bias))));
        }

        Assert.Equal(6, belong.Sum());
        Assert.Equal(sum / 4, SigLip.Loss(fixture.Input).Loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Scale_and_bias_begin_as_in_the_paper()
    {
        using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = ObjectiveNames.SigLip }] }));
        learner.AdoptTokenizer(new ByteTokenizer());
        var reports = new List<StepReport>();
        learner.RunCycle(new CycleNumber(1), 0, 1, new KeyedSource(0, 0, 40), _ => true, reports.Add);
        Assert.Equal(10, reports.Single().Terms["scale"], 1e-4);
        Assert.Equal(-10, reports.Single().Terms["bias"], 1e-4);
    }

    [Fact]
    public void The_trivial_loss_is_that_of_the_best_constant_score()
    {
        using var fixture = Fixture.OfTexts();
        double trivial = SigLip.Definition.TrivialLoss(fixture.Input);
        Tensor positives = tensor(Clip.Positives(fixture.Input.Texts!)).view(4, 4);
        double best = Enumerable.Range(-80, 160).Min(tenths => SigLip.Surprises(full([4L, 4L], tenths / 20.0), positives).sum().item<float>() / 4.0);
        Assert.Equal(trivial, best, 1e-3);
        Assert.True(trivial <= best + 1e-6);
    }

    [Fact]
    public void A_probes_bias_expects_as_many_pairs_to_belong_together_as_do_and_nothing_near_it_does_better()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        (Tensor cosines, Tensor positives) = Clip.Compare(fixture.Input, Clip.Embed(fixture.Input));
        foreach (double scale in new[] { 1.0, 10, 100 })
        {
            Tensor logits = (cosines * scale).unsqueeze(0), belong = positives.unsqueeze(0);
            Tensor bias = SigLip.FittingBias(logits, positives);
            Assert.Equal(6, (logits + bias).sigmoid().sum().item<float>(), 1e-2);
            double fitted = Cost(0);
            Assert.All(new[] { -0.2, 0.2 }, by => Assert.True(Cost(by) >= fitted));

            double Cost(double by) => SigLip.Surprises(logits + bias + by, belong).sum().item<float>();
        }
    }

    [Fact]
    public void A_probe_has_a_value_for_each_pair_whose_mean_is_the_loss_at_that_scale_and_bias()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        Tensor each = SigLip.ProbeLosses(fixture.Input); // [C, B]
        Assert.Equal([25L, 4L], each.shape);
        (Tensor cosines, Tensor positives) = Clip.Compare(fixture.Input, Clip.Embed(fixture.Input));
        Tensor logits = cosines * 10;
        Tensor fitted = logits + SigLip.FittingBias(logits.unsqueeze(0), positives).squeeze();
        Assert.Equal(SigLip.Surprises(fitted, positives).sum().item<float>() / 4, each[12].mean().item<float>(), 1e-4f);
        double best = each.mean([1]).min().item<float>();
        Assert.True(best <= SigLip.Loss(fixture.Input).Loss.item<float>() + 1e-4);
    }

    [Fact]
    public void A_loss_of_a_pair_does_not_depend_on_who_else_is_in_the_batch()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        double all = 4 * SigLip.Loss(fixture.Input).Loss.item<float>(), parts = 0;
        // Every two of four meet in some batch of two, each with itself in three of them.
        (int, int)[] couples = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        foreach ((int one, int other) in couples) parts += 2 * SigLip.Loss(Rows(one, other)).Loss.item<float>();
        for (var row = 0; row < 4; row++) parts -= 2 * SigLip.Loss(Rows(row)).Loss.item<float>();
        Assert.Equal(all, parts, 1e-3);

        ObjectiveInput Rows(params int[] rows) =>
            fixture.Input with { Frames = fixture.Input.Frames!.index_select(0, tensor(rows)), Texts = fixture.Input.Texts!.Select(rows) };
    }

    [Fact]
    public void Alone_it_trains_the_space_that_is_served_and_searched()
    {
        RealData emoji = RealData.Emoji();
        using Learner learner = emoji.Learner(Some.SmallLearning with
        {
            Objectives = [new() { Name = ObjectiveNames.SigLip, BatchSize = 32 }],
            LearningRate = 2e-3,
            WarmupSteps = 20,
            ProbeSentinelsMax = 256,
        });
        RetrievalProbe before = Check.NotNull(learner.Probe(emoji).Retrieval, "whoever trains the joint space is asked to search in it");
        learner.RunCycle(new CycleNumber(1), 0, 300, emoji, _ => true, null);
        ProbeReport after = learner.Probe(emoji);
        Assert.True(after.Eras.Single().Loss < 0.95 * after.Eras.Single().TrivialLoss, after.Eras.Single().ToString());
        Assert.True(after.Retrieval!.RecallAt10 > 3 * after.Retrieval.Chance && after.Retrieval.RecallAt10 > before.RecallAt10, $"{before} → {after.Retrieval}");
    }
}
