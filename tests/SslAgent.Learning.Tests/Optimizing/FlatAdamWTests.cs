using SslAgent.Learning.Optimizing;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Optimizing;

public sealed class FlatAdamWTests
{
    private static readonly OptimizerPlan Plan = new(
        LearningRate: 0.01, WarmupSteps: 0, WeightDecay: 0.1, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, ClipNorm: 1, EmaDecay: 0);

    [Fact]
    public void Seven_clipped_steps_give_the_weights_that_PyTorchs_AdamW_gives()
    {
        using var scope = NewDisposeScope();
        using FlatParameters parameters = Parameters();
        Fill(parameters.Masters, Fixture.Floats("adamw/decayed"), Fixture.Floats("adamw/plain"));
        foreach (float[] row in Fixture.Floats("adamw/gradients").Chunk(96))
        {
            Fill(parameters.Gradients, row[..48], row[48..]);
            FlatAdamW.Step(parameters, Plan, ["only"], tensor(1f));
        }

        Fixture.Near(Fixture.Floats("adamw/decayed_after"), Slice(parameters.Masters, 0), 1e-6f, "decayed");
        Fixture.Near(Fixture.Floats("adamw/plain_after"), Slice(parameters.Masters, 64), 1e-6f, "plain");
        Assert.Equal(7, parameters.Counter("only").Steps);
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(1f, float.NaN)]
    [InlineData(1f, float.PositiveInfinity)]
    public void A_step_that_is_not_finite_changes_no_weight_and_no_moment(float loss, float gradient)
    {
        using var scope = NewDisposeScope();
        using FlatParameters parameters = Parameters(averaged: true);
        Fill(parameters.Masters, Fixture.Floats("adamw/decayed"), Fixture.Floats("adamw/plain"));
        Fill(parameters.Gradients, Fixture.Floats("adamw/plain"), Fixture.Floats("adamw/decayed"));
        OptimizerPlan plan = Plan with { EmaDecay = 0.9 };
        FlatAdamW.Step(parameters, plan, ["only"], tensor(1f));
        float[][] before = Everything(parameters);
        parameters.Gradients[3] = tensor(gradient);
        StepOutcome outcome = FlatAdamW.Step(parameters, plan, ["only"], tensor(loss));
        Assert.Equal(0, outcome.Taken.item<float>());
        Assert.Equal(before, Everything(parameters));
        parameters.Gradients[3] = tensor(1f);
        Assert.Equal(1, FlatAdamW.Step(parameters, plan, ["only"], tensor(1f)).Taken.item<float>());
        Assert.NotEqual(before, Everything(parameters));
    }

    [Fact]
    public void The_average_follows_the_weights_by_its_decay_once_it_is_old_enough()
    {
        using var scope = NewDisposeScope();
        using FlatParameters parameters = Parameters(averaged: true);
        OptimizerPlan plan = Plan with { EmaDecay = 0.5, WeightDecay = 0 };
        parameters.SetCounter("only", new SectionCounter(1000, 0));
        Fill(parameters.Gradients, Fixture.Floats("adamw/decayed"), Fixture.Floats("adamw/plain"));
        FlatAdamW.Step(parameters, plan, ["only"], tensor(1f));
        float[] half = [.. Slice(parameters.Masters, 0).Select(value => value * 0.5f)];
        Fixture.Near(half, Slice(parameters.Average!, 0), 1e-6f, "average of 0 and the weights");
    }

    [Fact]
    public void Clipping_leaves_short_gradients_and_the_reported_norm_is_the_one_before()
    {
        using var scope = NewDisposeScope();
        using FlatParameters parameters = Parameters();
        Fill(parameters.Gradients, [.. Enumerable.Repeat(3f, 48)], new float[48]);
        StepOutcome outcome = FlatAdamW.Step(parameters, Plan, ["only"], tensor(0f));
        Assert.Equal(3 * Math.Sqrt(48), outcome.Norm.item<float>(), 1e-4);
        double clipped = 3 / (3 * Math.Sqrt(48)) * 0.1;
        Assert.Equal(clipped, Slice(parameters.FirstMoments, 0)[5], 1e-6);
    }

    [Fact]
    public void A_ceiling_holds_after_every_step()
    {
        using var scope = NewDisposeScope();
        using FlatParameters parameters = Parameters(max: 0.005);
        Fill(parameters.Gradients, [.. Enumerable.Repeat(-1f, 48)], [.. Enumerable.Repeat(-1f, 48)]);
        for (var step = 0; step < 5; step++) FlatAdamW.Step(parameters, Plan, ["only"], tensor(0f));
        Assert.All(Slice(parameters.Masters, 64), value => Assert.True(value <= 0.005f));
        Assert.All(Slice(parameters.Masters, 0), value => Assert.True(value > 0.01f));
    }

    private static FlatParameters Parameters(bool averaged = false, double? max = null) => new(
        new ParameterLayout([new SectionSpec("only", [
            new ParameterSpec("decayed", [48], Initial.Zeros, Decayed: true), new ParameterSpec("plain", [48], Initial.Zeros, Decayed: false, max)])]),
        new ComputePlan("cpu", ComputeDtype.Fp32, 2, 1, 1), averaged);

    private static void Fill(Tensor flat, float[] decayed, float[] plain)
    {
        flat.narrow(0, 0, 48).copy_(tensor(decayed));
        flat.narrow(0, 64, 48).copy_(tensor(plain)); // 48 is rounded up to 64.
    }

    private static float[] Slice(Tensor flat, long start) => flat.narrow(0, start, 48).data<float>().ToArray();

    private static float[][] Everything(FlatParameters parameters) =>
        [.. new[] { parameters.Masters, parameters.FirstMoments, parameters.SecondMoments, parameters.Average! }.Select(flat => flat.data<float>().ToArray())];
}
