using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What the adversary adds to SimCLR's contrast; the rest is in <see cref="ViewObjectiveTests"/>.</summary>
public sealed class SimClrAdversarialTests
{
    private const double Epsilon = 0.01;

    [Fact]
    public void The_worst_view_costs_more_than_the_view_and_more_than_a_step_of_the_same_size_to_anywhere()
    {
        using var fixture = Fixture.OfViews();
        using IDisposable noGradients = no_grad();
        ObjectiveInput input = Within(fixture.Input);
        Tensor worst = SimClrAdversarial.WorstView(input, Epsilon, 0.5), step = (worst - input.View(1)).abs();
        float loss = Clean(input.View(1)), adversarial = Clean(worst);
        Assert.True(adversarial > loss, $"{adversarial}, {loss} before");
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test));
        for (var trial = 0; trial < 8; trial++)
        {
            var signs = new float[step.numel()];
            for (var i = 0; i < signs.Length; i++) signs[i] = chance.NextSingle() < 0.5f ? -1 : 1;
            float elsewhere = Clean(input.View(1) + (step * tensor(signs).view(step.shape)));
            Assert.True(adversarial > elsewhere, $"{adversarial}, {elsewhere} by signs of seed {Some.Seed}, trial {trial}");
        }

        float Clean(Tensor view) => Check.NotNull(SimClrAdversarial.Definition.ProbeLosses, "it is asked as a whole")(input with { Views = [input.View(0), view] }).mean().item<float>();
    }

    [Fact]
    public void It_lies_within_epsilon_of_the_view_and_within_the_range_of_pixels()
    {
        using var fixture = Fixture.OfViews();
        NormalizationPlan plan = fixture.Plan.Normalization;
        ObjectiveInput input = Within(fixture.Input);
        Tensor worst = SimClrAdversarial.WorstView(input, Epsilon, 0.5);
        for (var channel = 0; channel < 3; channel++)
        {
            Tensor pixels = Pixels(worst, channel);
            Assert.InRange((pixels - Pixels(input.View(1), channel)).abs().max().item<float>(), 0.99f * (float)Epsilon, 1.01f * (float)Epsilon);
            Assert.InRange(pixels.min().item<float>(), -1e-6f, 0.5f);
            Assert.InRange(pixels.max().item<float>(), 0.5f, 1 + 1e-6f);
        }

        Tensor Pixels(Tensor view, int channel) => (view.select(1, channel) * plan.Std[channel]) + plan.Mean[channel];
    }

    [Fact]
    public void Looking_for_it_leaves_no_gradient_on_weights_or_views()
    {
        using var fixture = Fixture.OfViews();
        Tensor worst = SimClrAdversarial.WorstView(fixture.Input, Epsilon, 0.5);
        Assert.False(worst.requires_grad);
        Assert.False(fixture.Input.View(1).requires_grad);
        Assert.Equal(0, fixture.Gradients.abs().max().item<float>());
    }

    /// <summary>The views as pictures have them: no pixel outside the range.</summary>
    private static ObjectiveInput Within(ObjectiveInput input) => input with { Views = [.. input.Views.Select(view => view.clamp(-1.7, 2.1))] };
}
