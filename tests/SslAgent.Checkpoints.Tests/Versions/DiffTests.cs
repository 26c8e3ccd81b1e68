using SslAgent.Domain;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class DiffTests
{
    [Fact]
    public void A_diff_shows_measures_plan_and_how_far_each_tensor_moved()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        store.Add(2, 1);
        VersionDiff diff = store.Diff(V(1), V(2));
        Assert.Contains(new MeasureChange("mae loss, era 0", 0.5, 0.25), diff.Measures);
        Assert.Equal([new PlanChange("learning.rate", "1e-4", "2e-4")], diff.Plan);
        Assert.Equal(1000, diff.SamplesBetween);
        Assert.False(diff.SameWeights);
        IReadOnlyList<TensorChange> moved = store.DiffWeights(V(1), V(2), default);
        Assert.Equal(["vision.blocks.0.weight", "vision.norm.bias"], moved.Select(change => change.Name));
        Assert.All(moved, change => Assert.InRange(change.Relative, 0.3, 2));
        Assert.All(store.DiffWeights(V(2), V(2), default), change => Assert.Equal(0, change.Relative));
    }

    [Fact]
    public void The_distance_is_the_relative_norm_also_in_bf16()
    {
        Dictionary<string, TensorBytes> Of(TensorBytes tensor) => new() { [tensor.Name] = tensor };
        TensorChange f32 = Assert.Single(TensorDistance.Between(Of(Some.Floats("w", 3, 4)), Of(Some.Floats("w", 3, 9)), default));
        Assert.Equal((1.0, 2L), (f32.Relative, f32.Elements));
        TensorBytes one = new("w", TensorElement.BF16, [1], new byte[] { 0x80, 0x3f });
        TensorBytes two = one with { Data = new byte[] { 0x00, 0x40 } };
        Assert.Equal(1.0, Assert.Single(TensorDistance.Between(Of(one), Of(two), default)).Relative);
    }

    [Fact]
    public void An_export_holds_what_uses_the_encoders_and_nothing_else()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        string target = Path.Combine(directory.Root, "export");
        IReadOnlyList<string> files = store.Export(V(1), target, default);
        string[] expected = ["manifest.json", "manifest.sha256", "model.json", "model.safetensors", "tokenizer.json"];
        Assert.Equal(expected, files.Order());
        Assert.Equal(expected, Directory.EnumerateFiles(target).Select(Path.GetFileName).Order());
        byte[] stored = File.ReadAllBytes(Path.Combine(directory.Versions, "v000001", "model.safetensors"));
        Assert.Equal(stored, File.ReadAllBytes(Path.Combine(target, "model.safetensors")));
        Assert.Throws<ControlRefusedException>(() => store.Export(V(1), target, default));
    }
}
