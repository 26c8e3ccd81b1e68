using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class InpaintingTests
{
    [Fact]
    public void Half_of_every_frame_is_hidden()
    {
        using var fixture = Fixture.OfMasked();
        (int[] kept, int[] hidden) = Inpainting.Hide(fixture.Input, 0.5);
        Assert.Equal(4 * 8, kept.Length);
        Assert.Equal(4 * 8, hidden.Length);
    }

    [Fact]
    public void Pixels_that_are_hidden_change_nothing_but_what_is_to_be_predicted()
    {
        using var fixture = Fixture.OfMasked();
        (int[] kept, int[] hidden) = Inpainting.Hide(fixture.Input, 0.5);
        Tensor changed = fixture.Input.Frames!.clone();
        int patch = hidden[0];
        changed[0].narrow(1, patch / 4 * 4, 4).narrow(2, patch % 4 * 4, 4).fill_(9);
        ObjectiveInput other = fixture.Input with { Frames = changed };
        Pictures.Same(Inpainting.Definition.Features(fixture.Input)[0].detach(), Inpainting.Definition.Features(other)[0].detach());
        Assert.NotEqual(Inpainting.Loss(fixture.Input, (kept, hidden)).Loss.item<float>(), Inpainting.Loss(other, (kept, hidden)).Loss.item<float>());
    }

    [Fact]
    public void The_loss_is_the_mean_squared_error_of_hidden_patches_each_normalised_by_itself()
    {
        using var fixture = Fixture.OfMasked();
        (int[] kept, int[] hidden) = Inpainting.Hide(fixture.Input, 0.5);
        PatchFilling.Prediction prediction = new PatchFilling(Inpainting.Section).Predict(fixture.Input, (kept, hidden));
        float[] predicted = prediction.Predicted.detach().data<float>().ToArray(), patches = prediction.Patches.data<float>().ToArray();
        const int values = 48, hiddenEach = 8, patchesEach = 16;
        double sum = 0;
        for (var row = 0; row < hidden.Length; row++)
        {
            double[] patch = [.. patches.Skip(((row / hiddenEach * patchesEach) + hidden[row]) * values).Take(values).Select(value => (double)value)];
            double mean = patch.Average(), deviation = Math.Sqrt((patch.Sum(value => (value - mean) * (value - mean)) / (values - 1)) + 1e-6);
            sum += patch.Select((value, i) => Math.Pow(((value - mean) / deviation) - predicted[(row * values) + i], 2)).Sum();
        }

        Assert.Equal(sum / (hidden.Length * values), Inpainting.Loss(fixture.Input, (kept, hidden)).Loss.item<float>(), 1e-4);
    }
}
