using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class BeitTests
{
    [Fact]
    public void Pixels_of_masked_patches_never_reach_the_tower_and_still_decide_what_is_to_be_named()
    {
        using var fixture = Fixture.OfMasked();
        int[] masked = MaskedPlaces.Draw(fixture.Input, 0.4);
        Assert.Equal(4 * 6, masked.Length); // 40 % of 16 each
        Tensor changed = fixture.Input.Frames!.clone();
        changed[0].narrow(1, masked[0] / 4 * 4, 4).narrow(2, masked[0] % 4 * 4, 4).fill_(9);
        ObjectiveInput other = fixture.Input with { Frames = changed };
        Pictures.Same(Beit.Definition.Features(fixture.Input)[0].detach(), Beit.Definition.Features(other)[0].detach());
        Assert.NotEqual(Beit.Loss(fixture.Input, masked, Beit.Tokenizer(KnobValues.None)).Loss.item<float>(), Beit.Loss(other, masked, Beit.Tokenizer(KnobValues.None)).Loss.item<float>());
    }

    [Fact]
    public void The_loss_writes_to_nothing_and_hands_on_the_patches_of_its_batch()
    {
        using var fixture = Fixture.OfMasked();
        float[] before = Pictures.Values(fixture.Input.RequireState().Flat);
        ObjectiveLoss loss = Beit.Definition.Loss(fixture.Input);
        Assert.Equal(before, Pictures.Values(fixture.Input.RequireState().Flat));
        Assert.NotNull(loss.Seen);
        Assert.False(loss.Seen.requires_grad);
        Pictures.Same(fixture.Towers.Vision.Patchify(fixture.Input.Frames!).flatten(0, 1), loss.Seen);
    }

    [Fact]
    public void The_loss_is_the_mean_surprise_at_the_tokens_of_masked_patches()
    {
        using var fixture = Fixture.OfMasked();
        int[] masked = MaskedPlaces.Draw(fixture.Input, 0.4);
        Tensor patches = fixture.Towers.Vision.Patchify(fixture.Input.Frames!).flatten(0, 1);
        long[] tokens = Beit.Tokenizer(KnobValues.None).Tokens(fixture.Input.RequireState(), patches).data<long>().ToArray();
        float[] features = Pictures.Values(Beit.Definition.Features(fixture.Input)[0].detach()); // [M, 16]
        float[] weight = Pictures.Values(fixture.Weights["beit.predict.weight"].detach()), bias = Pictures.Values(fixture.Weights["beit.predict.bias"].detach());
        double sum = 0;
        for (var row = 0; row < masked.Length; row++)
        {
            double[] logits = [.. Enumerable.Range(0, 256).Select(token => bias[token] + Enumerable.Range(0, 16).Sum(i => (double)weight[(token * 16) + i] * features[(row * 16) + i]))];
            sum += Math.Log(logits.Sum(Math.Exp)) - logits[tokens[(row / 6 * 16) + masked[row]]];
        }

        Assert.Equal(sum / masked.Length, Beit.Loss(fixture.Input, masked, Beit.Tokenizer(KnobValues.None)).Loss.item<float>(), 1e-4);
    }

    [Fact]
    public void The_trivial_loss_is_the_entropy_of_the_batchs_tokens()
    {
        using var fixture = Fixture.OfMasked();
        long[] tokens = Beit.Tokenizer(KnobValues.None).Tokens(fixture.Input.RequireState(), fixture.Towers.Vision.Patchify(fixture.Input.Frames!).flatten(0, 1)).data<long>().ToArray();
        double entropy = -tokens.Average(token => Math.Log(tokens.Count(other => other == token) / (double)tokens.Length));
        Assert.Equal(entropy, Beit.Definition.TrivialLoss(fixture.Input), 1e-9);
    }
}
