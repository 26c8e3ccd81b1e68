using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Parameters;

public sealed class ParameterLayoutTests
{
    [Fact]
    public void Parameters_do_not_overlap_and_decayed_ones_come_first_in_their_section()
    {
        ParameterLayout layout = ObjectiveRegistry.Layout(Some.Plan().Model, ObjectiveRegistry.All);
        long end = 0;
        foreach (ParameterSlot slot in layout.Slots)
        {
            Assert.True(slot.Offset >= end && slot.Offset % 32 == 0, slot.ToString());
            end = slot.Offset + slot.Spec.Count;
            SectionRange section = layout.Sections.Single(range => slot.Offset >= range.Offset && slot.Offset < range.Offset + range.Count);
            Assert.Equal(slot.Spec.Decayed, end <= section.Offset + section.DecayedCount);
            Assert.StartsWith(section.Name + ".", slot.Spec.Name, StringComparison.Ordinal);
        }

        Assert.True(layout.Count >= end);
    }

    [Fact]
    public void Matrices_decay_and_biases_gains_and_positions_do_not() => Assert.All(
        ObjectiveRegistry.Layout(Some.Plan().Model, ObjectiveRegistry.All).Slots,
        slot => Assert.Equal(slot.Spec.Shape.Count == 2 && !slot.Spec.Name.Contains(".positions.") && !slot.Spec.Name.Contains("mask_token"), slot.Spec.Decayed));

    [Fact]
    public void Preset_tiny_has_the_stated_dimensions()
    {
        ModelPlan plan = Some.Plan(model: new Learning.Options.ModelOptions { Preset = "tiny" }).Model;
        Assert.Equal((64, 8, 64, 8192, 64, 128), (plan.ImageSize, plan.PatchSize, plan.Patches, plan.VocabularySize, plan.TextTokens, plan.JointWidth));
        Assert.Equal((new TowerPlan(6, 192, 3), new TowerPlan(2, 128, 4), new TowerPlan(6, 192, 3)), (plan.Frame, plan.Decoder, plan.Text));
    }

    [Fact]
    public void A_name_declared_twice_is_our_bug() => Assert.Throws<BrokenInvariantException>(() => new ParameterLayout(
        [new SectionSpec("a", [ParameterSpec.Bias("x", 3)]), new SectionSpec("b", [ParameterSpec.Bias("x", 3)])]));

    [Fact]
    public void First_weights_have_the_spread_that_their_kind_asks_for_and_follow_from_the_seed()
    {
        ParameterLayout layout = ObjectiveRegistry.Layout(Some.Plan().Model, ObjectiveRegistry.All);
        float[] values = Initialization.Draw(layout, 5);
        Assert.Equal(values, Initialization.Draw(layout, 5));
        Assert.NotEqual(values, Initialization.Draw(layout, 6));
        Assert.InRange(Std(Of("text.tokens.weight")), 0.0165, 0.0185); // 0.02, cut at two deviations: 0.0176
        Assert.InRange(Std(Of("vision.blocks.0.mlp.fc1.weight")), 0.108, 0.115); // √(2 / (32 + 128)) = 0.1118
        Assert.All(Of("vision.norm.weight"), value => Assert.Equal(1, value));
        Assert.All(Of("vision.norm.bias"), value => Assert.Equal(0, value));
        Assert.Equal(Math.Log(1 / 0.07), Of("clip.logit_scale")[0], 1e-6);

        float[] Of(string name)
        {
            ParameterSlot slot = layout.Slots.Single(one => one.Spec.Name == name);
            return values[(int)slot.Offset..(int)(slot.Offset + slot.Spec.Count)];
        }
    }

    private static double Std(float[] values) => Math.Sqrt(values.Average(value => (double)value * value) - Math.Pow(values.Average(), 2));
}
