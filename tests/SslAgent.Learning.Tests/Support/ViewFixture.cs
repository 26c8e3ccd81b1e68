using System.Runtime.InteropServices;
using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.State;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>What tests/fixtures/make_view_fixtures.py wrote: a network with heads, and two views of four frames. Tensors live until it is disposed.</summary>
internal sealed class ViewFixture : IDisposable
{
    private static readonly Lazy<IReadOnlyDictionary<string, TensorBytes>> Content =
        new(() => Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "fixtures", "views.safetensors")));

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public ViewFixture()
    {
        LearnerPlan plan = Some.Plan(model: new ModelOptions
        {
            Preset = "nano", ImageSize = 16, PatchSize = 4, VocabularySize = 300, TextTokens = 12, JointWidth = 8, FrameLayers = 2, FrameWidth = 16,
            FrameHeads = 2, DecoderLayers = 1, DecoderWidth = 8, DecoderHeads = 2, TextLayers = 2, TextWidth = 16, TextHeads = 2,
        });
        Layout = ObjectiveRegistry.Layout(plan.Model, ObjectiveRegistry.All.Where(objective => objective.Views is not null));
        Dictionary<string, TensorBytes> weights = Content.Value.Where(pair => pair.Key.StartsWith("weights/", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key["weights/".Length..], pair => pair.Value);
        Tensor flat = zeros(Layout.Count);
        StoredWeights.Fill(flat, StoredWeights.Flatten(weights, Layout, new ModelVersion(1)));
        Gradients = zeros(Layout.Count);
        Weights = new Weights(Layout, flat, Gradients);
        Towers = new TowerSet(plan.Model, Weights);
        ParameterLayout stateLayout = Check.NotNull(
            ObjectiveRegistry.StateLayout(plan.Model, ObjectiveRegistry.All.Where(objective => objective.Views is not null)), "some keep slow copies");
        Dictionary<string, TensorBytes> kept = Content.Value.Where(pair => pair.Key.StartsWith("state/", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key["state/".Length..], pair => pair.Value);
        Tensor stateFlat = zeros(stateLayout.Count);
        StoredWeights.Fill(stateFlat, StoredWeights.Flatten(kept, stateLayout, new ModelVersion(1)));
        State = new Weights(stateLayout, stateFlat, gradients: null);
        Input = new ObjectiveInput(Towers, plan, Frames: null, Texts: null, 0, default, State) { Views = [Tensor("inputs/one"), Tensor("inputs/other")] };
    }

    public ParameterLayout Layout { get; }

    public Weights Weights { get; }

    public Tensor Gradients { get; }

    /// <summary>The slow copies, with weights of their own.</summary>
    public Weights State { get; }

    public TowerSet Towers { get; }

    public ObjectiveInput Input { get; }

    /// <summary>Runs backward and compares loss and every gradient with PyTorch's; weights that PyTorch did not move must have gradient 0.</summary>
    public void RequireSameAsPyTorch(string name, Tensor loss)
    {
        Assert.Equal(Floats(name + "/loss")[0], loss.item<float>(), 2e-4f);
        loss.backward();
        foreach (ParameterSlot slot in Layout.Slots)
        {
            float[] mine = Gradients.narrow(0, slot.Offset, slot.Spec.Count).data<float>().ToArray();
            string theirs = $"{name}/gradients/{slot.Spec.Name}";
            Fixture.Near(Content.Value.ContainsKey(theirs) ? Floats(theirs) : new float[mine.Length], mine, 1e-4f, slot.Spec.Name);
        }
    }

    public void Dispose()
    {
        Towers.Dispose();
        Weights.Dispose();
        State.Dispose();
        _scope.Dispose();
    }

    private static float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(Content.Value[name].Data.Span).ToArray();

    private static Tensor Tensor(string name) => tensor(Floats(name)).view([.. Content.Value[name].Shape]);
}
