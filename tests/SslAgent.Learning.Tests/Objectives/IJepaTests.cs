using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class IJepaTests
{
    [Fact]
    public void Targets_are_normalised_features_of_the_whole_frame_without_a_gradient()
    {
        using var fixture = Fixture.OfMasked();
        Tensor targets = IJepa.Targets(fixture.Input); // [B·N, D]
        Assert.False(targets.requires_grad);
        Assert.Equal([4L * 16, 16], targets.shape);
        foreach (float[] feature in targets.data<float>().ToArray().Chunk(16))
        {
            Assert.Equal(0, feature.Average(), 1e-4);
            Assert.Equal(1, feature.Average(value => (double)value * value), 1e-3);
        }

        // A pixel that no context and no target holds still moves the targets: the slow copy sees all.
        Tensor changed = fixture.Input.Frames!.clone();
        changed[0, 0, 0, 0] = 9;
        Assert.NotEqual(Pictures.Values(targets), Pictures.Values(IJepa.Targets(fixture.Input with { Frames = changed })));
    }

    [Fact]
    public void Pixels_outside_the_context_never_reach_the_prediction()
    {
        using var fixture = Fixture.OfMasked();
        ContextMask mask = IJepa.Hide(fixture.Input);
        int each = mask.Context.Length / 4, patch = Enumerable.Range(0, 16).Except(mask.Context.Take(each)).First();
        Tensor changed = fixture.Input.Frames!.clone();
        changed[0].narrow(1, patch / 4 * 4, 4).narrow(2, patch % 4 * 4, 4).fill_(9);
        Pictures.Same(IJepa.Definition.Features(fixture.Input)[0].detach(), IJepa.Definition.Features(fixture.Input with { Frames = changed })[0].detach());
    }

    [Fact]
    public void Each_block_is_predicted_by_itself_and_the_loss_is_the_mean_over_blocks()
    {
        using var fixture = Fixture.OfMasked();
        int[] context = fixture.Drawn("context"), blocks = fixture.Drawn("blocks");
        int each = blocks.Length / IJepa.Blocks;
        double whole = LossOf(blocks);
        // The same block four times over has the loss of that block alone: blocks do not see each other.
        double alone = Enumerable.Range(0, IJepa.Blocks).Average(number => LossOf([.. Enumerable.Repeat(blocks.Skip(number * each).Take(each), IJepa.Blocks).SelectMany(block => block)]));
        Assert.Equal(alone, whole, 1e-5);

        double LossOf(int[] targets) => IJepa.Loss(fixture.Input, new ContextMask(context, targets)).Loss.item<float>();
    }

    [Fact]
    public void The_trivial_loss_is_the_error_of_each_positions_mean_target()
    {
        using var fixture = Fixture.OfMasked();
        float[] targets = IJepa.Targets(fixture.Input).data<float>().ToArray();
        double sum = 0;
        for (var place = 0; place < 16 * 16; place++)
        {
            double[] values = [.. Enumerable.Range(0, 4).Select(frame => (double)targets[(frame * 16 * 16) + place])];
            sum += values.Sum(value => Math.Pow(value - values.Average(), 2));
        }

        Assert.Equal(sum / targets.Length, IJepa.Definition.TrivialLoss(fixture.Input), 1e-5);
    }

    [Fact]
    public void After_a_step_the_slow_copy_moves_towards_the_tower()
    {
        using var fixture = Fixture.OfMasked();
        using var parameters = new FlatParameters(ObjectiveRegistry.Layout(fixture.Plan.Model, [IJepa.Definition]), fixture.Plan.Compute, averaged: false);
        using IDisposable noGradients = no_grad();
        parameters.Masters.fill_(1);
        parameters.SetCounter(IJepa.Section, new SectionCounter(20_000, 0));
        Weights state = fixture.Input.RequireState();
        float before = state["i_jepa.target.vision.norm.bias"][0].item<float>();
        IJepa.Definition.AfterStep?.Invoke(new StepTaken(fixture.Plan, parameters, state, [], tensor(1f)));
        Assert.Equal(before + (0.004f * (1 - before)), state["i_jepa.target.vision.norm.bias"][0].item<float>(), 1e-5f);
    }
}
