using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class MaeTests
{
    [Fact]
    public void Loss_and_gradients_are_what_PyTorch_gives()
    {
        using var fixture = new Fixture();
        fixture.RequireSameAsPyTorch("mae", Mae.Loss(fixture.Input, fixture.Masks).Loss);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var fixture = new Fixture();
        FiniteDifferences.Require(fixture, () => Mae.Loss(fixture.Input, fixture.Masks).Loss);
    }

    [Fact]
    public void Loss_is_the_mean_over_hidden_patches_of_the_squared_error_of_normalised_pixels()
    {
        using var fixture = new Fixture();
        ModelPlan plan = fixture.Plan.Model;
        PatchFilling.Prediction prediction = Mae.Predict(fixture.Input, fixture.Masks);
        float[] predicted = prediction.Predicted.data<float>().ToArray();
        float[] frames = fixture.Input.Frames!.data<float>().ToArray();
        int hidden = prediction.Hidden.Length / 4;
        double sum = 0;
        for (var row = 0; row < prediction.Hidden.Length; row++)
        {
            double[] target = Normalized(PixelsOf(frames, row / hidden, prediction.Hidden[row], plan));
            for (var value = 0; value < target.Length; value++)
            {
                double error = predicted[row * plan.PatchValues + value] - target[value];
                sum += error * error / plan.PatchValues;
            }
        }

        Assert.Equal(sum / prediction.Hidden.Length, Mae.Loss(fixture.Input, fixture.Masks).Loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Hidden_pixels_never_reach_the_prediction()
    {
        using var fixture = new Fixture();
        float[] before = Predict(fixture.Input.Frames!);
        (_, int[] hidden) = fixture.Masks;
        Tensor changed = fixture.Input.Frames!.clone();
        int patch = hidden[0], side = fixture.Plan.Model.PatchSize, grid = fixture.Plan.Model.Grid;
        changed[0].narrow(1, patch / grid * side, side).narrow(2, patch % grid * side, side).fill_(9);
        Assert.Equal(before, Predict(changed));

        float[] Predict(Tensor frames) =>
            Mae.Predict(fixture.Input with { Frames = frames }, fixture.Masks).Predicted.data<float>().ToArray();
    }

    [Fact]
    public void The_order_in_which_kept_patches_are_listed_does_not_matter()
    {
        using var fixture = new Fixture();
        (int[] kept, int[] hidden) = fixture.Masks;
        int each = kept.Length / 4;
        int[] turned = [.. kept.Chunk(each).SelectMany(row => row.Reverse())];
        Assert.Equal(
            Mae.Loss(fixture.Input, (kept, hidden)).Loss.item<float>(), Mae.Loss(fixture.Input, (turned, hidden)).Loss.item<float>(), 1e-5f);
    }

    [Fact]
    public void A_frame_of_the_wrong_size_is_our_bug()
    {
        using var fixture = new Fixture();
        Assert.Throws<BrokenInvariantException>(() => Mae.Loss(fixture.Input with { Frames = zeros(4, 3, 16, 20) }));
    }

    [Fact]
    public void The_trivial_loss_is_the_error_of_each_positions_mean_patch()
    {
        using var fixture = new Fixture();
        ModelPlan plan = fixture.Plan.Model;
        float[] frames = fixture.Input.Frames!.data<float>().ToArray();
        double sum = 0;
        for (var patch = 0; patch < plan.Patches; patch++)
        {
            double[][] rows = [.. Enumerable.Range(0, 4).Select(frame => Normalized(PixelsOf(frames, frame, patch, plan)))];
            for (var value = 0; value < plan.PatchValues; value++)
            {
                double mean = rows.Average(row => row[value]);
                sum += rows.Sum(row => (row[value] - mean) * (row[value] - mean));
            }
        }

        Assert.Equal(sum / (4 * plan.Patches * plan.PatchValues), Mae.Definition.TrivialLoss(fixture.Input), 1e-5);
    }

    private static double[] PixelsOf(float[] frames, int frame, int patch, ModelPlan plan)
    {
        var values = new List<double>();
        int top = patch / plan.Grid * plan.PatchSize, left = patch % plan.Grid * plan.PatchSize, side = plan.ImageSize;
        for (var y = 0; y < plan.PatchSize; y++)
        {
            for (var x = 0; x < plan.PatchSize; x++)
            {
                for (var channel = 0; channel < 3; channel++) values.Add(frames[((frame * 3 + channel) * side + top + y) * side + left + x]);
            }
        }

        return [.. values];
    }

    private static double[] Normalized(double[] patch)
    {
        double mean = patch.Average(), variance = patch.Sum(value => (value - mean) * (value - mean)) / (patch.Length - 1);
        return [.. patch.Select(value => (value - mean) / Math.Sqrt(variance + 1e-6))];
    }
}
