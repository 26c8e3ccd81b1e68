using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What DINO has beside the other objectives on views (<see cref="ViewObjectiveTests"/>): small views, a centre, and two ways into collapse.</summary>
public sealed class DinoTests(ITestOutputHelper output)
{
    private const int Batch = 3, Views = 5, Prototypes = 4, Steps = 160;

    /// <summary>Of a teacher that follows fast, so that it does not take thousands of steps.</summary>
    private const double FastDecay = 0.9;

    [Fact]
    public void The_loss_is_the_cross_entropy_of_every_global_answer_with_what_is_said_of_every_other_view()
    {
        using var scope = NewDisposeScope();
        double[][] teacher = Scores(2 * Batch, part: 1), student = Scores(Views * Batch, part: 2);
        double[] centre = Scores(1, part: 3)[0];
        const double temperature = 0.3;
        Tensor answers = SharpenedTeacher.Answers(Tensor3(teacher, 2), tensor(centre.Select(value => (float)value).ToArray()), tensor((float)temperature)).exp();
        float[] losses = Dino.CrossEntropies(answers, Tensor3(student, Views).log_softmax(-1)).data<float>().ToArray();
        for (var view = 0; view < 2; view++)
        {
            for (var row = 0; row < Batch; row++)
            {
                double[] answer = Softmax([.. teacher[(view * Batch) + row].Zip(centre, (score, middle) => (score - middle) / temperature)]);
                double expected = Enumerable.Range(0, Views).Where(other => other != view)
                    .Average(other => -answer.Zip(Softmax(student[(other * Batch) + row]), (p, q) => p * Math.Log(q)).Sum());
                Assert.Equal(expected, losses[(view * Batch) + row], 1e-5);
            }
        }
    }

    [Fact]
    public void Small_views_have_a_side_of_whole_patches_and_their_order_changes_no_loss()
    {
        using var fixture = Fixture.OfViews();
        ModelPlan model = fixture.Plan.Model;
        Assert.All(Check.NotNull(Dino.Definition.Views, "it has views")(model).Skip(2), view => Assert.Equal(2 * model.PatchSize, view.Side));
        ObjectiveInput input = fixture.Input;
        float loss = Dino.Definition.Loss(input).Loss.item<float>();
        Assert.Equal(loss, Dino.Definition.Loss(input with { Views = [.. input.Views.Take(2), .. input.Views.Skip(2).Reverse()] }).Loss.item<float>(), 1e-5f);
        Assert.NotEqual(loss, Dino.Definition.Loss(input with { Views = [.. input.Views.Take(4)] }).Loss.item<float>());
    }

    [Fact]
    public void The_terms_are_the_teachers_entropy_and_what_is_above_it()
    {
        using var fixture = Fixture.OfViews();
        ObjectiveLoss loss = Dino.Definition.Loss(fixture.Input);
        Assert.InRange(loss.Terms[0].item<float>(), 0, Math.Log(8 * fixture.Plan.Model.Frame.Width));
        Assert.True(loss.Terms[1].item<float>() > 0);
        Assert.Equal(loss.Loss.item<float>(), loss.Terms[0].item<float>() + loss.Terms[1].item<float>(), 1e-4f);
    }

    [Fact]
    public void The_centre_moves_by_a_tenth_to_the_batches_mean_unless_the_step_was_masked_and_a_loss_changes_no_state()
    {
        using var fixture = Fixture.OfViews();
        using IDisposable noGradients = no_grad();
        Weights state = Check.NotNull(fixture.State, "it has state");
        float[] before = state.Flat.data<float>().ToArray();
        Tensor seen = Check.NotNull(Dino.Definition.Loss(fixture.Input).Seen, "a batch leaves its mean");
        _ = Check.NotNull(Dino.Definition.ProbeLosses, "it is asked as a whole")(fixture.Input);
        Assert.Equal(before, state.Flat.data<float>().ToArray());

        using var parameters = new FlatParameters(fixture.Layout, fixture.Plan.Compute, averaged: false);
        parameters.SetCounter(Dino.Section, new SectionCounter(Steps: 500, WarmFrom: 0));
        float[] centre = state[Dino.Teacher.Centre].data<float>().ToArray();
        Dino.Teacher.Remember(new StepTaken(fixture.Plan, parameters, state, [seen * float.NaN], tensor(0f)), KnobValues.None);
        Assert.Equal(centre, state[Dino.Teacher.Centre].data<float>().ToArray());
        Dino.Teacher.Remember(new StepTaken(fixture.Plan, parameters, state, [seen, seen + 1], tensor(1f)), KnobValues.None);
        float[] expected = [.. centre.Zip(seen.data<float>().ToArray(), (old, mean) => (0.9f * old) + (0.1f * (mean + 0.5f)))];
        Fixture.Near(expected, state[Dino.Teacher.Centre].data<float>().ToArray(), 1e-6f, "centre");
        Assert.Equal(0.25f, state[Dino.Teacher.Warmth].item<float>());
    }

    [Fact]
    public void Without_its_centre_one_prototype_takes_all_and_without_sharpening_none_is_told_from_another()
    {
        (_, double entropy, double divergence) = Train(Dino.Objective, "as it is");
        (double first, double uncentred, _) = Train(Dino.Objective with { Remember = null }, "without centre");
        (_, double blunt, double bluntDivergence) = Train(Dino.Objective with { Remember = Blunt }, "without sharpening");
        double uniform = Math.Log(8 * Some.SmallModel.FrameWidth!.Value);
        Assert.True(entropy > 2 * uncentred, $"teacher's entropy {entropy}, {uncentred} without centre");
        Assert.True(uncentred < 0.05 * first, $"teacher's entropy {uncentred}, {first} at first");
        Assert.True(blunt > 0.999 * uniform, $"teacher's entropy {blunt} of {uniform}");
        Assert.True(divergence > 20 * bluntDivergence, $"divergence {divergence}, {bluntDivergence} without sharpening");

        static void Blunt(StepTaken taken)
        {
            Dino.Teacher.Remember(taken, KnobValues.None);
            taken.RequireState()[Dino.Teacher.Warmth].fill_(100); // a temperature of about 3, where cosines hardly differ
        }
    }

    /// <summary>The teacher's entropy at the beginning, and entropy and divergence at the end.</summary>
    private (double First, double Entropy, double Divergence) Train(TwoViewObjective objective, string what)
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = ObjectiveNames.Dino, BatchSize = 8 }], LearningRate = 2e-3, WarmupSteps = 10 });
        using Learner learner = Some.Learner(plan, (objective with { TargetDecay = FastDecay }).ToDefinition());
        var reports = new List<StepReport>();
        learner.RunCycle(new CycleNumber(1), 0, Steps, new KeyedSource(200, 0, 0), _ => true, reports.Add);
        StepReport last = reports[^1];
        output.WriteLine($"{what}: {string.Join("; ", reports.Where((_, i) => i % 5 == 0).Append(last).Select(report => $"{report.Terms["entropy"]:G3} + {report.Terms["divergence"]:G3}"))}");
        return (reports[0].Terms["entropy"], last.Terms["entropy"], last.Terms["divergence"]);
    }

    private static double[] Softmax(double[] scores)
    {
        double sum = scores.Sum(Math.Exp);
        return [.. scores.Select(score => Math.Exp(score) / sum)];
    }

    private static Tensor Tensor3(double[][] rows, int views) =>
        tensor(rows.SelectMany(row => row).Select(value => (float)value).ToArray()).view(views, Batch, Prototypes);

    private static double[][] Scores(int rows, int part)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test, part));
        var scores = new double[rows][];
        for (var row = 0; row < rows; row++)
        {
            scores[row] = new double[Prototypes];
            for (var i = 0; i < Prototypes; i++) scores[row][i] = (float)((2 * chance.NextDouble()) - 1);
        }

        return scores;
    }
}
