using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Text;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class TextDenoisingTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 2, ChanceStream.Masking);

    [Fact]
    public void Every_ordinary_token_is_asked_for_and_each_text_suffers_one_of_three_kinds()
    {
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [.. Enumerable.Range(0, 600).Select(_ => Line("abcdefghijklmnopqrst"))], 32);
        TextDenoising.Corruption corruption = TextDenoising.Corrupt(texts, 0.15, 260, Key);
        Assert.Equal(600 * 20, corruption.Positions.Length);
        Assert.All(corruption.Positions.Zip(corruption.Targets), asked => Assert.Equal(texts.Ids[asked.First], asked.Second));
        int[][] rows = [.. corruption.Ids.Chunk(texts.Width)];
        Assert.All(rows, row => Assert.Equal((SpecialTokens.Start, SpecialTokens.End), (row[0], row[21])));
        double deleted = rows.Count(row => row[20] == SpecialTokens.Mask) / 600.0;
        double shuffled = rows.Count(row => row[1..21].Order().SequenceEqual(texts.Row(0)[1..21].ToArray())) / 600.0;
        Pictures.WithinFourSigma(1 / 3.0, 0.471, 600, deleted, "deleted");
        Pictures.WithinFourSigma(1 / 3.0, 0.471, 600, shuffled, "shuffled");
        Assert.Equal(corruption.Ids, TextDenoising.Corrupt(texts, 0.15, 260, Key).Ids);
        Assert.NotEqual(corruption.Ids, TextDenoising.Corrupt(texts, 0.15, 260, Key with { Step = 3 }).Ids);
    }

    [Fact]
    public void The_loss_is_the_mean_surprise_at_each_true_token()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        TextDenoising.Corruption corruption = TextDenoising.Corrupt(fixture.Input.Texts!, 0.3, 300, Key);
        Tensor features = fixture.Towers.Text.Encode(new TokenTensors(fixture.Input.Texts!, corruption.Ids, fixture.Input.Device)); // [B·T, D]
        float[][] scores = [.. new TokenHead(TextDenoising.Section).Logits(features, fixture.Weights).data<float>().ToArray().Chunk(300)];
        double expected = corruption.Positions.Zip(corruption.Targets)
            .Average(asked => Math.Log(scores[asked.First].Sum(score => Math.Exp(score))) - scores[asked.First][asked.Second]);
        Assert.Equal(expected, TextDenoising.Loss(fixture.Input, corruption).Loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Copying_is_trivial_as_far_as_what_is_seen_deserves_trust()
    {
        // Three of four places are true; of the tokens half are 8, and 9 and 10 a quarter each.
        var mostly = new TextDenoising.Corruption([8, 8, 9, 11], [0, 1, 2, 3], [8, 8, 9, 10]);
        double expected = -((2 * Math.Log(0.75 + (0.25 * 0.5))) + Math.Log(0.75 + (0.25 * 0.25)) + Math.Log(0.25 * 0.25)) / 4;
        Assert.Equal(expected, TextDenoising.TrivialLoss(mostly), 1e-9);

        // Where nothing that is seen is true, guessing by the tokens' shares is all there is.
        var nothing = new TextDenoising.Corruption([3, 3, 3, 3], [0, 1, 2, 3], [8, 8, 9, 10]);
        Assert.Equal(-((0.5 * Math.Log(0.5)) + (0.5 * Math.Log(0.25))), TextDenoising.TrivialLoss(nothing), 1e-9);
        Assert.Equal(0, TextDenoising.TrivialLoss(new TextDenoising.Corruption([8, 8], [0, 1], [8, 8])), 1e-12);
    }

    [Fact]
    public void A_batch_of_empty_texts_still_has_a_loss()
    {
        using var fixture = Fixture.OfTexts();
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [Line(""), Line("")], 12);
        Assert.True(float.IsFinite(TextDenoising.Definition.Loss(fixture.Input with { Texts = texts }).Loss.item<float>()));
    }

    private static Domain.Text Line(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));
}
