using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Text;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class SegmentOrderTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 2, ChanceStream.Masking);

    [Fact]
    public void Halves_change_places_in_half_of_the_texts_and_nothing_else_changes()
    {
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [.. Enumerable.Range(0, 400).Select(number => Line($"line {number}"))], 32);
        SegmentOrder.Arrangement arrangement = SegmentOrder.Arrange(texts, Key);
        for (var row = 0; row < texts.Rows; row++)
        {
            int[] before = texts.Row(row).ToArray(), after = arrangement.Texts.Row(row).ToArray();
            int half = 1 + ((before.Length - 2) / 2);
            Assert.Equal(1, arrangement.Told[row]);
            Assert.Equal(arrangement.Swapped[row] > 0 ? [before[0], .. before[half..^1], .. before[1..half], before[^1]] : before, after);
        }

        Pictures.WithinFourSigma(0.5, 0.5, texts.Rows, arrangement.Swapped.Average(), "swapped");
        Assert.Equal(arrangement.Swapped, SegmentOrder.Arrange(texts, Key).Swapped);
        Assert.NotEqual(arrangement.Swapped, SegmentOrder.Arrange(texts, Key with { Step = 3 }).Swapped);
    }

    [Fact]
    public void A_text_whose_order_nobody_can_tell_costs_a_coin_and_moves_nothing()
    {
        using var fixture = Fixture.OfTexts();
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [Line(""), Line("a"), Line("abab")], 12);
        ObjectiveLoss loss = SegmentOrder.Definition.Loss(fixture.Input with { Texts = texts });
        Assert.Equal(Math.Log(2), loss.Loss.item<float>(), 1e-6);
        Assert.Equal(0.5, loss.Terms[0].item<float>(), 1e-6);
        loss.Loss.backward();
        Assert.Equal(0, fixture.Gradients.abs().max().item<float>());
        Assert.Equal([0, 0, 0], SegmentOrder.Arrange(texts, Key).Told);
        Assert.Equal([SpecialTokens.Start, SpecialTokens.End], SegmentOrder.Arrange(texts, Key).Texts.Row(0).ToArray());
    }

    [Fact]
    public void The_loss_is_the_mean_surprise_at_the_order_of_each_text()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        SegmentOrder.Arrangement arrangement = SegmentOrder.Arrange(fixture.Input.Texts!, Key);
        double sum = 0;
        for (var row = 0; row < 4; row++)
        {
            int[] tokens = arrangement.Texts.Row(row).ToArray();
            Tensor pooled = fixture.Towers.Text.Pool(new TokenTensors(new TokenBatch(tokens, [tokens.Length], tokens.Length), fixture.Input.Device));
            float score = Numerics.Linear(Numerics.Linear(pooled, fixture.Weights, "segment_order.dense").tanh(), fixture.Weights, "segment_order.swapped").item<float>();
            double said = 1 / (1 + Math.Exp(-score));
            sum -= Math.Log(arrangement.Swapped[row] > 0 ? said : 1 - said);
        }

        Assert.Equal(sum / 4, SegmentOrder.Loss(fixture.Input, arrangement).Loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Indifference_costs_ln_2()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        fixture.Weights["segment_order.swapped.weight"].zero_();
        fixture.Weights["segment_order.swapped.bias"].zero_();
        Assert.Equal(SegmentOrder.Definition.TrivialLoss(fixture.Input), SegmentOrder.Definition.Loss(fixture.Input).Loss.item<float>(), 1e-6);
    }

    private static Domain.Text Line(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));
}
