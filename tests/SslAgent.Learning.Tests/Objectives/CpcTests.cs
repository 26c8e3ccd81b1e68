using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class CpcTests
{
    [Fact]
    public void A_predictions_loss_is_its_surprise_at_the_right_frame_among_all()
    {
        using var scope = NewDisposeScope();
        float[] predictions = [1, 0, 2, -1, 0.5f, 3], candidates = [0, 1, 1, 1, -1, 2, 2, 2];
        long[] targets = [3, 0, 2];
        (Tensor losses, Tensor isRight) = Cpc.Contrast(tensor(predictions).view(3, 2), tensor(candidates).view(4, 2), tensor(targets));
        for (var row = 0; row < 3; row++)
        {
            double[] scores = [.. Enumerable.Range(0, 4).Select(one => ((predictions[2 * row] * candidates[2 * one]) + (predictions[(2 * row) + 1] * candidates[(2 * one) + 1])) / Math.Sqrt(2))];
            Assert.Equal(Math.Log(scores.Sum(Math.Exp)) - scores[targets[row]], losses[row].item<float>(), 1e-5);
            Assert.Equal(scores.Max() == scores[targets[row]] ? 1 : 0, isRight[row].item<float>());
        }
    }

    [Fact]
    public void Indifferent_predictions_cost_the_logarithm_of_the_frames_which_is_the_trivial_loss()
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        for (var step = 1; step <= Cpc.StepsAhead; step++) fixture.Weights[$"cpc.predict{step}.weight"].zero_();
        Assert.Equal(Math.Log(16), Cpc.Definition.TrivialLoss(fixture.Input), 1e-9);
        Assert.Equal(Math.Log(16), Cpc.Definition.Loss(fixture.Input).Loss.item<float>(), 1e-5);
    }

    [Fact]
    public void A_context_knows_nothing_of_what_comes_after_it()
    {
        using var scope = NewDisposeScope();
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        var context = new GatedRecurrence("cpc.context", 16, 16);
        Tensor features = FrameWindows.Pool(fixture.Input);
        Tensor changed = features.clone();
        changed.narrow(1, 5, 3).fill_(2);
        Tensor before = context.Forward(features, fixture.Weights), after = context.Forward(changed, fixture.Weights);
        Pictures.Same(before.narrow(1, 0, 5), after.narrow(1, 0, 5));
        Assert.NotEqual(Pictures.Values(before.select(1, 5)), Pictures.Values(after.select(1, 5)));
    }
}
