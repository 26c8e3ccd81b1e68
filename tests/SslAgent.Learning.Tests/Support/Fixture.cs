using System.Runtime.InteropServices;
using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.State;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>
/// What tests/fixtures/make_learning_fixtures.py wrote, and a network with its weights. Tensors live until it is disposed.
/// </summary>
internal sealed class Fixture : IDisposable
{
    private static readonly Lazy<IReadOnlyDictionary<string, TensorBytes>> Content =
        new(() => Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "fixtures", "objectives.safetensors")));

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public Fixture()
    {
        Plan = Some.Plan(model: new ModelOptions
        {
            Preset = "nano", ImageSize = 16, PatchSize = 4, VocabularySize = 300, TextTokens = 12, JointWidth = 8, FrameLayers = 2, FrameWidth = 16,
            FrameHeads = 2, DecoderLayers = 1, DecoderWidth = 8, DecoderHeads = 2, TextLayers = 2, TextWidth = 16, TextHeads = 2,
        });
        Layout = ObjectiveRegistry.Layout(Plan.Model, ObjectiveRegistry.Standard);
        Dictionary<string, TensorBytes> weights = Content.Value.Where(pair => pair.Key.StartsWith("weights/", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key["weights/".Length..], pair => pair.Value);
        Tensor flat = zeros(Layout.Count);
        StoredWeights.Fill(flat, StoredWeights.Flatten(weights, Layout, new ModelVersion(1)));
        Gradients = zeros(Layout.Count);
        Weights = new Weights(Layout, flat, Gradients);
        Towers = new TowerSet(Plan.Model, Weights);
        Input = new ObjectiveInput(
            Towers, Plan, Tensor("inputs/frames"), new TokenBatch(Integers("inputs/ids"), Integers("inputs/lengths"), width: 12), 300, default, null);
    }

    public LearnerPlan Plan { get; }

    public ParameterLayout Layout { get; }

    public Weights Weights { get; }

    public Tensor Gradients { get; }

    public TowerSet Towers { get; }

    public ObjectiveInput Input { get; }

    public (int[] Kept, int[] Hidden) Masks => (Integers("inputs/kept"), Integers("inputs/hidden"));

    public Mlm.Masking Masking => new(Integers("inputs/ids"), Integers("inputs/positions"), [.. Integers("inputs/targets").Select(id => (long)id)]);

    public static float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(Content.Value[name].Data.Span).ToArray();

    public static int[] Integers(string name) =>
        [.. MemoryMarshal.Cast<byte, long>(Content.Value[name].Data.Span).ToArray().Select(value => (int)value)];

    public static Tensor Tensor(string name) => tensor(Floats(name)).view([.. Content.Value[name].Shape]);

    /// <summary>Runs backward and compares loss and every gradient with PyTorch's; weights that PyTorch did not move must have gradient 0.</summary>
    public void RequireSameAsPyTorch(string name, Tensor loss)
    {
        Assert.Equal(Floats(name + "/loss")[0], loss.item<float>(), 1e-5f);
        loss.backward();
        foreach (ParameterSlot slot in Layout.Slots)
        {
            float[] mine = Gradients.narrow(0, slot.Offset, slot.Spec.Count).data<float>().ToArray();
            string theirs = $"{name}/gradients/{slot.Spec.Name}";
            Near(Content.Value.ContainsKey(theirs) ? Floats(theirs) : new float[mine.Length], mine, 2e-5f, slot.Spec.Name);
        }
    }

    public static void Near(float[] expected, float[] actual, float tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        float scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}[{i}]: {actual[i]}, PyTorch {expected[i]}");
    }

    public void Dispose()
    {
        Towers.Dispose();
        Weights.Dispose();
        _scope.Dispose();
    }
}
