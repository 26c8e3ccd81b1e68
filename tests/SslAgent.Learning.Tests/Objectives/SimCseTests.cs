using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class SimCseTests
{
    private const int Width = 16;

    [Fact]
    public void The_loss_is_the_surprise_at_finding_a_text_again_among_the_batchs_other_encodings_both_ways()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        float[] dropped = fixture.Tensor("inputs/dropped").data<float>().ToArray();
        TokenBatch texts = fixture.Input.Texts!;
        double[][] one = Projections(fixture, dropped.AsSpan(0, dropped.Length / 2)), other = Projections(fixture, dropped.AsSpan(dropped.Length / 2));
        double sum = 0;
        for (var row = 0; row < texts.Rows; row++)
        {
            sum += Surprise(row, candidate => Cosine(one[row], other[candidate]) / 0.05);
            sum += Surprise(row, candidate => Cosine(one[candidate], other[row]) / 0.05);
        }

        Assert.Equal(sum / (2 * texts.Rows), SimCse.Loss(fixture.Input, dropped, 0.05).Loss.item<float>(), 1e-3);

        double Surprise(int row, Func<int, double> score)
        {
            double all = Enumerable.Range(0, texts.Rows).Sum(candidate => Math.Exp(score(candidate)));
            return Enumerable.Range(0, texts.Rows).Where(candidate => texts.Row(candidate).SequenceEqual(texts.Row(row))).Average(own => -Math.Log(Math.Exp(score(own)) / all));
        }
    }

    [Fact]
    public void Every_fifth_token_is_cut_off_and_of_the_others_a_tenth_is_dropped_by_the_key_alone()
    {
        using var fixture = Fixture.OfTexts();
        ObjectiveInput input = fixture.Input with { Key = new DrawKey(Some.Seed, 1, 2, ChanceStream.Objective) };
        float[] dropped = SimCse.Drop(input, KnobValues.None);
        Assert.Equal(2 * 4 * 12 * Width, dropped.Length);
        Assert.All(dropped, value => Assert.True(value == 0 || Math.Abs(value - (1 / 0.9)) < 1e-6));
        float[][] tokens = [.. dropped.Chunk(Width)], left = [.. tokens.Where(token => token.Any(value => value > 0))];
        Pictures.WithinFourSigma(0.2, 0.4, tokens.Length, 1 - (left.Length / (double)tokens.Length), "cut off");
        Pictures.WithinFourSigma(0.1, 0.3, left.Length * Width, left.Average(token => token.Count(value => value == 0)) / Width, "dropped");
        Assert.Equal(dropped, SimCse.Drop(input, KnobValues.None));
        Assert.NotEqual(dropped, SimCse.Drop(input with { Key = input.Key with { Step = 3 } }, KnobValues.None));
        Assert.NotEqual(dropped[..(dropped.Length / 2)], dropped[(dropped.Length / 2)..]);
    }

    [Fact]
    public void Changing_places_of_the_encodings_or_the_order_of_the_texts_changes_no_loss()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        float[] dropped = fixture.Tensor("inputs/dropped").data<float>().ToArray();
        float loss = SimCse.Loss(fixture.Input, dropped, 0.05).Loss.item<float>();
        float[][] texts = [.. dropped.Chunk(12 * Width)];
        Assert.Equal(loss, SimCse.Loss(fixture.Input, [.. texts[4..].Concat(texts[..4]).SelectMany(text => text)], 0.05).Loss.item<float>(), 1e-4f);
        int[] order = [2, 0, 3, 1];
        ObjectiveInput shuffled = fixture.Input with { Texts = fixture.Input.Texts!.Select(order) };
        Assert.Equal(loss, SimCse.Loss(shuffled, [.. order.Concat(order.Select(row => row + 4)).SelectMany(row => texts[row])], 0.05).Loss.item<float>(), 1e-4f);
    }

    [Fact]
    public void One_vector_for_every_text_costs_ln_B_which_is_the_trivial_loss()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        fixture.Weights["simcse.dense.weight"].zero_();
        Assert.Equal(Math.Log(4), SimCse.Definition.Loss(fixture.Input).Loss.item<float>(), 1e-5);
        Assert.Equal(Math.Log(4), SimCse.Definition.TrivialLoss(fixture.Input), 1e-12);
    }

    [Fact]
    public void A_probe_has_a_value_for_each_text_and_their_mean_is_the_loss()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        Tensor losses = Check.NotNull(SimCse.Definition.ProbeLosses, "batches of texts are asked about as a whole")(fixture.Input);
        Assert.Equal([1L, 4L], losses.shape);
        Assert.Equal(SimCse.Definition.Loss(fixture.Input).Loss.item<float>(), losses.mean().item<float>(), 1e-4f);
    }

    [Fact]
    public void Nothing_dropped_is_the_feature_that_is_served()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        var texts = new TokenTensors(fixture.Input.Texts!, fixture.Input.Device);
        Assert.Equal(fixture.Towers.Text.Pool(texts).data<float>().ToArray(), fixture.Towers.Text.Pool(texts, ones(4 * 12, Width)).data<float>().ToArray());
    }

    /// <summary>Each text by itself, through tower and head.</summary>
    private static double[][] Projections(Fixture fixture, ReadOnlySpan<float> dropped)
    {
        TokenBatch texts = fixture.Input.Texts!;
        var rows = new double[texts.Rows][];
        for (var row = 0; row < texts.Rows; row++)
        {
            int length = texts.Lengths[row];
            Tensor mask = tensor(dropped.Slice(row * texts.Width * Width, length * Width).ToArray()).view(length, Width);
            var alone = new TokenTensors(new TokenBatch(texts.Row(row).ToArray(), [length], length), fixture.Input.Device);
            Tensor dense = Numerics.Linear(fixture.Towers.Text.Pool(alone, mask), fixture.Weights, "simcse.dense");
            rows[row] = [.. dense.data<float>().ToArray().Select(value => Math.Tanh(value))];
        }

        return rows;
    }

    private static double Cosine(double[] a, double[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
