using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Text;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class MlmTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 2, ChanceStream.Masking);

    [Fact]
    public void Loss_and_gradients_are_what_PyTorch_gives()
    {
        using var fixture = new Fixture();
        fixture.RequireSameAsPyTorch("mlm", Mlm.Loss(fixture.Input, fixture.Masking).Loss);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var fixture = new Fixture();
        FiniteDifferences.Require(fixture, () => Mlm.Loss(fixture.Input, fixture.Masking).Loss);
    }

    [Fact]
    public void Cross_entropy_is_minus_the_logarithm_of_the_targets_share()
    {
        using var scope = NewDisposeScope();
        float[][] logits = [[1, -2, 0.5f], [30, 10, 29], [-4, -4, -4]];
        long[] targets = [2, 0, 1];
        double expected = logits.Zip(targets, (row, target) => -Math.Log(Math.Exp(row[target]) / row.Sum(value => Math.Exp(value)))).Average();
        Tensor rows = tensor(logits.SelectMany(row => row).ToArray()).view(3, 3);
        Assert.Equal(expected, Mlm.CrossEntropy(rows, tensor(targets)).item<float>(), 1e-5);
    }

    [Fact]
    public void Of_the_chosen_tokens_eight_tenths_are_masked_one_tenth_is_random_and_one_tenth_stays()
    {
        TokenBatch texts = Lines(400, 42);
        Mlm.Masking masking = Mlm.Hide(texts, 0.15, 200, Key);
        Assert.Equal(400 * 6, masking.Positions.Length);
        Assert.Equal(masking.Positions.Length, masking.Positions.Distinct().Count());
        Assert.All(masking.Positions.Zip(masking.Targets), chosen => Assert.Equal(texts.Ids[chosen.First], chosen.Second));
        double masked = masking.Positions.Count(position => masking.Ids[position] == SpecialTokens.Mask) / 2400.0;
        double kept = masking.Positions.Count(position => masking.Ids[position] == texts.Ids[position]) / 2400.0;
        Assert.InRange(masked, 0.77, 0.83);
        Assert.InRange(kept, 0.08, 0.125);
        Assert.All(masking.Ids, id => Assert.InRange(id, 0, 199));
    }

    [Fact]
    public void Special_tokens_and_padding_are_never_chosen_and_every_text_has_one_chosen_token()
    {
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [Line("a"), Line(""), Line("a long line of text")], 32);
        Mlm.Masking masking = Mlm.Hide(texts, 0.15, 260, Key);
        Assert.All(masking.Targets, target => Assert.True(target >= SpecialTokens.Count));
        Assert.Contains(masking.Positions, position => position / texts.Width == 0);
        Assert.DoesNotContain(masking.Positions, position => position / texts.Width == 1);
    }

    [Fact]
    public void A_batch_of_empty_texts_still_has_a_loss()
    {
        using var fixture = new Fixture();
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [Line(""), Line("")], 12);
        Assert.True(float.IsFinite(Mlm.Definition.Loss(fixture.Input with { Texts = texts, Frames = null }).Loss.item<float>()));
    }

    [Fact]
    public void Padding_changes_nothing()
    {
        using var fixture = new Fixture();
        TokenBatch texts = fixture.Input.Texts!;
        int[] narrow = [.. texts.Row(2)], lengths = [narrow.Length];
        var alone = new TokenTensors(new TokenBatch(narrow, lengths, narrow.Length), fixture.Input.Device);
        var padded = new TokenTensors(texts, fixture.Input.Device);
        float[] expected = fixture.Towers.Text.Pool(alone).data<float>().ToArray();
        Fixture.Near(expected, fixture.Towers.Text.Pool(padded)[2].data<float>().ToArray(), 1e-5f, "mean feature");
    }

    [Fact]
    public void The_trivial_loss_is_the_entropy_of_single_tokens()
    {
        using var fixture = new Fixture();
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [Line("aab"), Line("c")], 12);
        double expected = -(0.5 * Math.Log(0.5) + 2 * 0.25 * Math.Log(0.25));
        Assert.Equal(expected, Mlm.Definition.TrivialLoss(fixture.Input with { Texts = texts }), 1e-9);
    }

    private static Domain.Text Line(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    private static TokenBatch Lines(int rows, int width)
    {
        var chance = new Philox(Key);
        var ids = new int[rows * width];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = i % width == 0 ? SpecialTokens.Start : i % width == width - 1 ? SpecialTokens.End : SpecialTokens.Count + chance.NextInt(196);
        return new TokenBatch(ids, [.. Enumerable.Repeat(width, rows)], width);
    }
}
