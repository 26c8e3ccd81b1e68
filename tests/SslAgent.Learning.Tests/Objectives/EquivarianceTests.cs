using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class EquivarianceTests
{
    private const int Side = 16;

    private static readonly RandomCrop.Box Whole = new(0, 0, Side, Side, false);

    [Fact]
    public void A_whole_frame_turned_and_mirrored_is_what_exact_turning_and_mirroring_give()
    {
        using var scope = NewDisposeScope();
        Tensor frames = Pictures.Noise(1, Side, Side);
        for (var quarters = 0; quarters < 4; quarters++)
        {
            Pictures.Same(Rotation.Turn(frames, quarters), FrameTransform.Apply(frames, [new(Whole, quarters)]), 1e-5f);
            Pictures.Same(Rotation.Turn(frames.flip(3), quarters), FrameTransform.Apply(frames, [new(Whole with { Mirrored = true }, quarters)]), 1e-5f);
        }
    }

    [Fact]
    public void A_box_is_cropped_before_it_is_turned()
    {
        using var scope = NewDisposeScope();
        Tensor frames = Pictures.Noise(2, Side, Side);
        RandomCrop.Box[] boxes = [new(2, 3, 9, 7, true), new(0, 1.5f, 12, 14, false)];
        Tensor cropped = RandomCrop.Resample(frames, Side, boxes);
        Pictures.Same(Rotation.Turn(cropped, 3), FrameTransform.Apply(frames, [new(boxes[0], 3), new(boxes[1], 3)]), 1e-5f);
    }

    [Fact]
    public void A_transformation_is_described_by_its_turn_its_side_and_its_box()
    {
        using var scope = NewDisposeScope();
        float[] numbers = Pictures.Values(FrameTransform.Describe([new(new(4, 0, 8, 16, true), 2)], Side, CPU));
        Assert.Equal([0, 0, 1, 0, 1, 0, 0, 0.5f, 1], numbers);
    }

    [Fact]
    public void The_loss_is_the_surprise_at_the_own_target_among_all_of_the_batch()
    {
        using var scope = NewDisposeScope();
        float[] predicted = Pictures.Values(Pictures.Noise(1, 2, 4, number: 1)), targets = Pictures.Values(Pictures.Noise(1, 2, 4, number: 2)); // [6, 4]
        float[] losses = Pictures.Values(Equivariance.Surprises(Equivariance.Compare(tensor(predicted).view(6, 4), tensor(targets).view(6, 4), 0.1)));
        for (var row = 0; row < 6; row++)
        {
            double[] scores = [.. Enumerable.Range(0, 6).Select(other => Cosine(predicted, row, targets, other) / 0.1)];
            Assert.Equal(Math.Log(scores.Sum(Math.Exp)) - scores[row], losses[row], 1e-3);
        }
    }

    [Fact]
    public void Features_that_know_nothing_of_transformations_pay_for_it_and_collapsed_ones_pay_all()
    {
        using var scope = NewDisposeScope();
        const int batch = 5;
        Tensor invariant = eye(batch, dtype: ScalarType.Float32).repeat(4, 1); // Frames well apart, their transformations alike.
        Assert.Equal(Math.Log(4), Equivariance.Surprises(Equivariance.Compare(invariant, invariant, 0.1)).mean().item<float>(), 1e-2);
        Tensor collapsed = ones(4 * batch, 3);
        Assert.Equal(Math.Log(4 * batch), Equivariance.Surprises(Equivariance.Compare(collapsed, collapsed, 0.1)).mean().item<float>(), 1e-5);
        Tensor distinct = eye(4 * batch, dtype: ScalarType.Float32);
        Tensor scores = Equivariance.Compare(distinct, distinct, 0.1);
        Assert.Equal(0, Equivariance.Surprises(scores).mean().item<float>(), 2e-3);
        Assert.Equal(1, Equivariance.RightTransformation(scores, batch).item<float>());
    }

    [Fact]
    public void A_probe_has_a_value_for_each_frame_and_their_mean_is_the_loss()
    {
        using var fixture = Fixture.OfMasked();
        using IDisposable noGradients = no_grad();
        Tensor losses = Check.NotNull(Equivariance.Definition.ProbeLosses, "targets are told apart in a whole batch")(fixture.Input);
        Assert.Equal([1L, 4L], losses.shape);
        Assert.Equal(Equivariance.Definition.Loss(fixture.Input).Loss.item<float>(), losses.mean().item<float>(), 1e-4f);
        Assert.Equal(Math.Log(16), Equivariance.Definition.TrivialLoss(fixture.Input), 1e-9);
    }

    [Fact]
    public void It_learns_what_a_transformation_does_and_not_only_which_frame_it_is()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Objectives = [new ObjectiveOptions { Name = ObjectiveNames.Equivariance, BatchSize = 24 }], LearningRate = 2e-3, WarmupSteps = 10 });
        using Learner learner = Some.Learner(plan);
        var reports = new List<StepReport>();
        learner.RunCycle(new CycleNumber(1), 0, 200, new UprightSource(200), _ => true, reports.Add);
        double right = reports.TakeLast(10).Average(report => report.Terms["equivariance"]);
        Assert.True(right > 0.5, $"{right} of the predictions are nearest to their own transformation, a quarter by chance");
    }

    private static double Cosine(float[] one, int row, float[] other, int column)
    {
        double dot = 0, left = 0, right = 0;
        for (var i = 0; i < 4; i++)
        {
            (double a, double b) = (one[(row * 4) + i], other[(column * 4) + i]);
            (dot, left, right) = (dot + (a * b), left + (a * a), right + (b * b));
        }

        return dot / Math.Sqrt(left * right);
    }
}
