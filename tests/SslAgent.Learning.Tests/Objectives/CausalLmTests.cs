using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Text;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class CausalLmTests
{
    [Fact]
    public void What_it_makes_of_a_place_is_what_it_makes_of_the_text_up_to_there()
    {
        using var fixture = Fixture.OfTexts();
        TokenBatch texts = fixture.Input.Texts!;
        Tensor whole = Encode(fixture, texts).view(texts.Rows, texts.Width, 16);
        for (var row = 0; row < texts.Rows; row++)
        {
            for (var length = 1; length <= texts.Lengths[row]; length++)
            {
                var beginning = new TokenBatch(texts.Row(row)[..length].ToArray(), [length], length);
                Fixture.Near(Encode(fixture, beginning)[length - 1].data<float>().ToArray(), whole[row][length - 1].data<float>().ToArray(), 1e-5f, $"text {row}, token {length}");
            }
        }
    }

    [Fact]
    public void A_later_token_changes_nothing_before_it_and_both_ways_it_does()
    {
        using var fixture = Fixture.OfTexts();
        TokenBatch texts = fixture.Input.Texts!;
        int[] other = [.. texts.Ids];
        other[7] = 299;
        Tensor before = Encode(fixture, texts), after = Encode(fixture, new TokenBatch(other, texts.Lengths, texts.Width));
        Assert.Equal(before.narrow(0, 0, 7).data<float>().ToArray(), after.narrow(0, 0, 7).data<float>().ToArray());
        Assert.NotEqual(before[7].data<float>().ToArray(), after[7].data<float>().ToArray());
        TextTower tower = fixture.Towers.Text;
        Assert.NotEqual(
            tower.Encode(new TokenTensors(texts, fixture.Input.Device))[0].data<float>().ToArray(),
            tower.Encode(new TokenTensors(texts, other, fixture.Input.Device))[0].data<float>().ToArray());
    }

    [Fact]
    public void The_loss_is_the_mean_surprise_at_each_token_after_those_before_it()
    {
        using var fixture = Fixture.OfTexts();
        TokenBatch texts = fixture.Input.Texts!;
        var surprises = new List<double>();
        for (var row = 0; row < texts.Rows; row++)
        {
            for (var length = 1; length < texts.Lengths[row]; length++)
            {
                Tensor last = Encode(fixture, new TokenBatch(texts.Row(row)[..length].ToArray(), [length], length))[length - 1];
                double[] scores = [.. CausalLm.Logits(last.unsqueeze(0), fixture.Weights).data<float>().ToArray().Select(score => (double)score)];
                surprises.Add(Math.Log(scores.Sum(Math.Exp)) - scores[texts.Row(row)[length]]);
            }
        }

        Assert.Equal(12 + 7 + 5 + 7 - 4, surprises.Count);
        Assert.Equal(surprises.Average(), CausalLm.Loss(fixture.Input).Loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Every_token_but_the_first_is_told_and_padding_is_not()
    {
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [Line("ab"), Line("")], 12);
        (int[] positions, long[] targets) = CausalLm.Next(texts);
        Assert.Equal([0, 1, 2, texts.Width], positions);
        Assert.Equal([SpecialTokens.Count + 'a', SpecialTokens.Count + 'b', SpecialTokens.End, SpecialTokens.End], targets);
        using var fixture = Fixture.OfTexts();
        double expected = -(2 * 0.25 * Math.Log(0.25)) - (0.5 * Math.Log(0.5));
        Assert.Equal(expected, CausalLm.Definition.TrivialLoss(fixture.Input with { Texts = texts }), 1e-9);
    }

    [Fact]
    public void A_batch_of_one_empty_text_has_a_loss()
    {
        using var fixture = Fixture.OfTexts();
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [Line("")], 12);
        Assert.True(float.IsFinite(CausalLm.Loss(fixture.Input with { Texts = texts }).Loss.item<float>()));
    }

    private static Tensor Encode(Fixture fixture, TokenBatch texts) => fixture.Towers.Text.Encode(new TokenTensors(texts, fixture.Input.Device), causal: true);

    private static Domain.Text Line(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));
}
