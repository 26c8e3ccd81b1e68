using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class TemporalOrderTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 2, ChanceStream.Masking);

    [Fact]
    public void Half_of_the_tuples_are_in_order_half_run_backwards_and_each_wrong_one_has_its_middle_from_outside()
    {
        TemporalOrder.Questions questions = TemporalOrder.Draw(2000, Key);
        var seen = new Dictionary<string, int>();
        for (var window = 0; window < 2000; window++)
        {
            int[] places = [.. questions.Rows.AsSpan(3 * window, 3).ToArray().Select(row => row - (5 * window))];
            bool isInOrder = places is [1, 2, 3] or [3, 2, 1];
            Assert.True(isInOrder || places is [1, 0, 3] or [3, 0, 1] or [1, 4, 3] or [3, 4, 1], string.Join(',', places));
            Assert.Equal(isInOrder ? 1 : 0, questions.InOrder[window]);
            string tuple = string.Join(',', places);
            seen[tuple] = seen.GetValueOrDefault(tuple) + 1;
        }

        Pictures.WithinFourSigma(0.5, 0.5, 2000, questions.InOrder.Average(), "in order");
        Assert.Equal(6, seen.Count);
        Assert.All(seen, tuple => Assert.InRange(tuple.Value, tuple.Key is "1,2,3" or "3,2,1" ? 400 : 180, tuple.Key is "1,2,3" or "3,2,1" ? 600 : 320));
        Assert.Equal(questions.Rows, TemporalOrder.Draw(2000, Key).Rows);
        Assert.NotEqual(questions.Rows, TemporalOrder.Draw(2000, Key with { Step = 3 }).Rows);
    }

    [Fact]
    public void The_loss_is_the_mean_surprise_at_whether_each_tuple_is_in_order()
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        var questions = new TemporalOrder.Questions(fixture.Drawn("asked"), Pictures.Values(fixture.Given("in_order")));
        ObjectiveInput input = fixture.Input with { Frames = fixture.Given("short"), Texts = null, WindowFrames = 5 };
        float[][] frames = [.. questions.Rows.Select(row => Pictures.Values(fixture.Towers.Vision.Pool(fixture.Given("short").narrow(0, row, 1))))];
        double[][] hidden = [.. Enumerable.Range(0, 3).Select(tuple => Hidden(fixture, [.. frames.Skip(3 * tuple).Take(3).SelectMany(frame => frame)]))];
        float[] gain = Pictures.Values(fixture.Weights["temporal_order.head.norm0.weight"]), shift = Pictures.Values(fixture.Weights["temporal_order.head.norm0.bias"]);
        float[] last = Pictures.Values(fixture.Weights["temporal_order.head.linear1.weight"]);
        double sum = 0;
        for (var tuple = 0; tuple < 3; tuple++)
        {
            double score = Pictures.Values(fixture.Weights["temporal_order.head.linear1.bias"])[0];
            for (var i = 0; i < last.Length; i++)
            {
                double mean = hidden.Average(one => one[i]), variance = hidden.Average(one => (one[i] - mean) * (one[i] - mean));
                score += last[i] * Math.Max(0, ((hidden[tuple][i] - mean) / Math.Sqrt(variance + 1e-5) * gain[i]) + shift[i]);
            }

            double said = 1 / (1 + Math.Exp(-score));
            sum -= Math.Log(questions.InOrder[tuple] > 0 ? said : 1 - said);
        }

        Assert.Equal(sum / 3, TemporalOrder.Loss(input, questions).Loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Whoever_looks_at_a_stream_that_stands_still_pays_a_coin_at_best()
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        fixture.Weights["temporal_order.head.linear1.weight"].zero_();
        fixture.Weights["temporal_order.head.linear1.bias"].zero_();
        ObjectiveInput input = fixture.Input with { Frames = fixture.Given("short"), Texts = null, WindowFrames = 5 };
        Assert.Equal(TemporalOrder.Definition.TrivialLoss(input), TemporalOrder.Definition.Loss(input).Loss.item<float>(), 1e-6);
    }

    private static double[] Hidden(Fixture fixture, float[] sideBySide)
    {
        float[] weights = Pictures.Values(fixture.Weights["temporal_order.head.linear0.weight"]);
        return [.. weights.Chunk(sideBySide.Length).Select(row => row.Zip(sideBySide, (a, b) => (double)a * b).Sum())];
    }
}
