using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class DenoisingTests
{
    [Fact]
    public void A_quarter_of_the_patches_is_gone_and_the_rest_has_noise_of_half_a_deviation()
    {
        using var fixture = Fixture.OfMasked();
        ObjectiveInput input = fixture.Input with { Frames = fixture.Input.Frames!.repeat(16, 1, 1, 1) };
        Tensor clean = input.Towers.Vision.Patchify(input.Frames!), corrupted = Denoising.Corrupt(input, 0.25, 0.5); // [64, 16, 48]
        Assert.Equal(clean.shape, corrupted.shape);
        float[] gone = corrupted.abs().sum(2).eq(0).to_type(ScalarType.Float32).sum(1).data<float>().ToArray();
        Assert.All(gone, patches => Assert.Equal(4, patches));
        Tensor kept = corrupted.ne(0);
        float[] noise = Pictures.Values((corrupted - clean).masked_select(kept));
        Pictures.WithinFourSigma(0, 0.5, noise.Length, noise.Average(), "noise");
        Pictures.WithinFourSigma(0.25, 0.25 * Math.Sqrt(2), noise.Length, noise.Average(value => (double)value * value), "its square");
    }

    [Fact]
    public void The_trivial_loss_is_what_no_line_from_the_seen_to_the_clean_number_beats()
    {
        using var fixture = Fixture.OfMasked();
        Tensor seen = Denoising.Corrupt(fixture.Input, 0.25, 0.5), clean = fixture.Input.Towers.Vision.Patchify(fixture.Input.Frames!);
        double trivial = Denoising.TrivialLoss(fixture.Input, seen), best = double.PositiveInfinity;
        for (var slope = -0.5; slope <= 1.5; slope += 0.05)
        {
            for (var shift = -0.5; shift <= 0.5; shift += 0.05) best = Math.Min(best, ((seen * slope) + shift - clean).square().mean().item<float>());
        }

        Assert.InRange(best, trivial - 1e-6, trivial + 2e-3);
        Assert.True(trivial < (seen - clean).square().mean().item<float>(), "copying what is seen is no better");
        Assert.True(trivial < clean.square().mean().item<float>(), "nor is saying nothing");
    }

    [Fact]
    public void The_loss_is_the_mean_squared_error_of_every_pixel_of_the_clean_frame()
    {
        using var fixture = Fixture.OfMasked();
        Tensor seen = fixture.Given("corrupted");
        float[] codes = fixture.Towers.Vision.Encode(seen, fixture.Towers.Vision.Positions.unsqueeze(0)).detach().data<float>().ToArray(); // [B·N, D]
        float[] weight = fixture.Weights["denoising.predict.weight"].detach().data<float>().ToArray(), bias = fixture.Weights["denoising.predict.bias"].detach().data<float>().ToArray();
        float[] frames = fixture.Input.Frames!.data<float>().ToArray();
        const int width = 16, values = 48, side = 16, patch = 4, grid = 4;
        double sum = 0;
        for (var row = 0; row < 4 * grid * grid; row++)
        {
            int frame = row / (grid * grid), top = row % (grid * grid) / grid * patch, left = row % grid * patch;
            for (var value = 0; value < values; value++)
            {
                int channel = value % 3, x = value / 3 % patch, y = value / (3 * patch);
                double predicted = bias[value];
                for (var i = 0; i < width; i++) predicted += weight[(value * width) + i] * codes[(row * width) + i];
                double error = predicted - frames[(((frame * 3) + channel) * side * side) + ((top + y) * side) + left + x];
                sum += error * error;
            }
        }

        Assert.Equal(sum / (4 * grid * grid * values), Denoising.Loss(fixture.Input, seen).Loss.item<float>(), 1e-4);
    }
}
