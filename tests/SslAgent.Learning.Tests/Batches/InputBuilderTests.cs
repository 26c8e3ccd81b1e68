using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Batches;

public sealed class InputBuilderTests
{
    [Theory]
    [InlineData(ObjectiveNames.SimClr, true)]
    [InlineData(ObjectiveNames.Byol, true)]
    [InlineData(ObjectiveNames.Dino, true)]
    [InlineData(ObjectiveNames.SimClr, false)]
    public void Views_of_a_batch_are_pictures_with_the_brightness_and_the_contrast_of_their_frames(string name, bool trains)
    {
        using var scope = NewDisposeScope();
        LearnerPlan plan = Some.Plan();
        ObjectiveDefinition objective = Check.NotNull(ObjectiveRegistry.Find(name), "it is known");
        Batch batch = Some.Batch(Modality.Frame, 0, 64);
        var layout = ObjectiveRegistry.Layout(plan.Model, ObjectiveRegistry.Standard);
        using var weights = new Weights(layout, zeros(layout.Count), gradients: null);
        using var towers = new TowerSet(plan.Model, weights);
        var key = new DrawKey(Some.Seed, 1, 0, ChanceStream.Objective);
        ObjectiveInput input = trains
            ? InputBuilder.ForTraining(batch, objective, plan, towers, null, null, key)
            : InputBuilder.ForProbing(batch, objective, plan, towers, null, null, key);
        Tensor whole = InputBuilder.WholeFrames(batch.Frames, plan.Model, plan.Normalization, CPU);

        Assert.All(input.Views, view =>
        {
            Tensor shares = view * tensor(plan.Normalization.Std.Select(std => (float)std).ToArray()).view(1, 3, 1, 1) + tensor(plan.Normalization.Mean.Select(mean => (float)mean).ToArray()).view(1, 3, 1, 1);
            Assert.InRange(shares.min().item<float>(), -1e-4f, 1);
            Assert.InRange(shares.max().item<float>(), 0, 1 + 1e-4f);
            // Solarised views are darker, jittered ones brighter or darker by up to 40 %: on the average of 64 they are about what the frames are.
            Assert.InRange(view.mean().item<float>() - whole.mean().item<float>(), -0.4f, 0.4f);
            Assert.InRange(view.std().item<float>() / whole.std().item<float>(), 0.5f, 1.5f);
        });
    }
}
