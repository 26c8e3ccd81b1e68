using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class TcnTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 2, ChanceStream.Masking);

    [Fact]
    public void Positives_are_neighbours_negatives_lie_beyond_twice_their_radius_and_all_that_may_be_drawn_are()
    {
        Tcn.Triplets triplets = Tcn.Draw(400, Key);
        var negatives = new HashSet<(int Anchor, int Negative)>();
        for (var row = 0; row < 400 * 8; row++)
        {
            (int at, int positive, int negative) = (row % 8, triplets.Positives[row] - (row / 8 * 8), triplets.Negatives[row] - (row / 8 * 8));
            Assert.InRange(positive, 0, 7);
            Assert.InRange(negative, 0, 7);
            Assert.Equal(1, Math.Abs(positive - at));
            Assert.True(Math.Abs(negative - at) >= 3, $"{at}: {negative}");
            negatives.Add((at, negative));
        }

        Assert.Equal(Enumerable.Range(0, 8).Sum(at => Enumerable.Range(0, 8).Count(other => Math.Abs(other - at) >= 3)), negatives.Count);
        Pictures.WithinFourSigma(0.5, 0.5, 400, Enumerable.Range(0, 400).Average(window => triplets.Positives[(window * 8) + 4] % 8 == 3 ? 1.0 : 0), "earlier neighbours");
        Assert.Equal(triplets.Negatives, Tcn.Draw(400, Key).Negatives);
        Assert.NotEqual(triplets.Negatives, Tcn.Draw(400, Key with { Step = 3 }).Negatives);
    }

    [Fact]
    public void The_loss_is_the_mean_of_what_each_anchor_lacks_of_the_margin()
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        Tcn.Triplets triplets = Tcn.Draw(2, Key);
        double sum = 0, right = 0;
        double[][] embedded = [.. Enumerable.Range(0, 16).Select(row => Embed(fixture, fixture.Input.Frames!.narrow(0, row, 1)))];
        for (var row = 0; row < 16; row++)
        {
            double near = Distance(embedded[row], embedded[triplets.Positives[row]]), far = Distance(embedded[row], embedded[triplets.Negatives[row]]);
            sum += Math.Max(0, near - far + 0.2);
            right += near < far ? 1 : 0;
        }

        ObjectiveLoss loss = Tcn.Loss(fixture.Input, triplets, 0.2);
        Assert.Equal(sum / 16, loss.Loss.item<float>(), 1e-4);
        Assert.Equal(right / 16, loss.Terms[0].item<float>(), 1e-6);
    }

    [Fact]
    public void One_vector_for_everything_costs_the_margin_which_is_the_trivial_loss()
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        ObjectiveInput still = fixture.Input with { Frames = fixture.Input.Frames!.narrow(0, 0, 1).expand(16, 3, 16, 16).contiguous() };
        Assert.Equal(Tcn.Definition.TrivialLoss(still), Tcn.Definition.Loss(still).Loss.item<float>(), 1e-5);
    }

    private static double[] Embed(Fixture fixture, Tensor frame)
    {
        Tensor feature = fixture.Towers.Vision.Pool(frame);
        Tensor hidden = nn.functional.gelu(nn.functional.linear(feature, fixture.Weights["tcn.head.hidden.weight"], fixture.Weights["tcn.head.hidden.bias"]));
        float[] values = Pictures.Values(nn.functional.linear(hidden, fixture.Weights["tcn.head.output.weight"], fixture.Weights["tcn.head.output.bias"]));
        double length = Math.Sqrt(values.Sum(value => (double)value * value));
        return [.. values.Select(value => value / length)];
    }

    private static double Distance(double[] one, double[] other) => one.Zip(other, (a, b) => (a - b) * (a - b)).Sum();
}
