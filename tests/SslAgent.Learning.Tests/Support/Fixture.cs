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

/// <summary>A network with a fixture's weights, and what PyTorch says of it. Tensors live until it is disposed.</summary>
internal sealed class Fixture : IDisposable
{
    private static readonly FixtureFile Standard = new("objectives.safetensors"), Views = new("views.safetensors"), Texts = new("texts.safetensors"),
        Masked = new("masked.safetensors"), Times = new("times.safetensors");

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly FixtureFile _file;

    /// <summary>The standard objectives on frames and texts, by make_learning_fixtures.py.</summary>
    public Fixture() : this(Standard, ObjectiveRegistry.Standard, StandardInput)
    {
    }

    private Fixture(FixtureFile file, IReadOnlyList<ObjectiveDefinition> objectives, Func<Fixture, ObjectiveInput> inputOf)
    {
        _file = file;
        Plan = Some.Plan(model: new ModelOptions
        {
            Preset = "nano", ImageSize = 16, PatchSize = 4, VocabularySize = 300, TextTokens = 12, JointWidth = 8, FrameLayers = 2, FrameWidth = 16,
            FrameHeads = 2, DecoderLayers = 1, DecoderWidth = 8, DecoderHeads = 2, TextLayers = 2, TextWidth = 16, TextHeads = 2,
        });
        Layout = ObjectiveRegistry.Layout(Plan.Model, objectives);
        Gradients = zeros(Layout.Count);
        Weights = Filled(Layout, "weights/", Gradients);
        Towers = new TowerSet(Plan.Model, Weights);
        State = ObjectiveRegistry.StateLayout(Plan.Model, objectives) is { } layout ? Filled(layout, "state/", gradients: null) : null;
        Input = inputOf(this);
    }

    public LearnerPlan Plan { get; }

    public ParameterLayout Layout { get; }

    public Weights Weights { get; }

    public Tensor Gradients { get; }

    public TowerSet Towers { get; }

    /// <summary>Slow copies with weights of their own, where the objectives keep some.</summary>
    public Weights? State { get; }

    public ObjectiveInput Input { get; }

    public (int[] Kept, int[] Hidden) Masks => (_file.Integers("inputs/kept"), _file.Integers("inputs/hidden"));

    public Mlm.Masking Masking =>
        new(_file.Integers("inputs/ids"), _file.Integers("inputs/positions"), [.. _file.Integers("inputs/targets").Select(id => (long)id)]);

    /// <summary>SwAV with a queue, which it has only where one is asked for.</summary>
    public static ObjectiveDefinition QueuedSwav { get; } = Swav.Definition.Under(Some.Plan(Some.SmallLearning with
    {
        Objectives = [new() { Name = ObjectiveNames.Swav, Knobs = new Dictionary<string, double> { ["queue"] = 512, ["prototypes"] = 64 } }],
    }));

    /// <summary>The objectives on two views of four frames, and eight small ones where they want them, by make_view_fixtures.py.</summary>
    public static Fixture OfViews() => new(
        Views, [.. ObjectiveRegistry.All.Where(objective => objective.Views is not null && objective != Swav.Definition), QueuedSwav], ViewInput);

    /// <summary>The masked, predictive and pretext objectives on four frames, by make_masked_fixtures.py.</summary>
    public static Fixture OfMasked() => new(
        Masked, [.. ObjectiveRegistry.All.Where(objective => MaskedNames.All.Contains(objective.Name))],
        fixture => new(fixture.Towers, fixture.Plan, Masked.Tensor("inputs/frames"), Texts: null, 0, new DrawKey(Some.Seed, 1, 1, ChanceStream.Objective), fixture.State));

    /// <summary>The objectives on windows of time, two windows of eight frames with a text beside each, by make_time_fixtures.py.</summary>
    public static Fixture OfTimes() => new(Times, [.. ObjectiveRegistry.All.Where(objective => objective.Windows is not null)], TimeInput);

    /// <summary>What this fixture's script drew.</summary>
    public int[] Drawn(string name) => _file.Integers("inputs/" + name);

    public Tensor Given(string name) => _file.Tensor("inputs/" + name);

    /// <summary>The objectives on texts and on pairs besides the standard ones, by make_text_fixtures.py.</summary>
    public static Fixture OfTexts() =>
        new(Texts, [Clip.Definition, .. ObjectiveRegistry.All.Where(objective => objective.ReadsText && !ObjectiveRegistry.Standard.Contains(objective))], TextInput);

    public static float[] Floats(string name) => Standard.Floats(name);

    /// <summary>An input of one objective alone.</summary>
    public int[] Integers(string name) => _file.Integers(name);

    public Tensor Tensor(string name) => _file.Tensor(name);

    /// <summary>Runs backward and compares loss and every gradient with PyTorch's; weights that PyTorch did not move must have gradient 0.</summary>
    public void RequireSameAsPyTorch(string name, Tensor loss, float lossTolerance = 1e-5f, float gradientTolerance = 2e-5f)
    {
        Assert.Equal(_file.Floats(name + "/loss")[0], loss.item<float>(), lossTolerance);
        loss.backward();
        foreach (ParameterSlot slot in Layout.Slots)
        {
            float[] mine = Gradients.narrow(0, slot.Offset, slot.Spec.Count).data<float>().ToArray();
            string theirs = $"{name}/gradients/{slot.Spec.Name}";
            Near(_file.Has(theirs) ? _file.Floats(theirs) : new float[mine.Length], mine, gradientTolerance, slot.Spec.Name);
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
        State?.Dispose();
        _scope.Dispose();
    }

    private static ObjectiveInput StandardInput(Fixture fixture) => new(
        fixture.Towers, fixture.Plan, Standard.Tensor("inputs/frames"),
        new TokenBatch(Standard.Integers("inputs/ids"), Standard.Integers("inputs/lengths"), width: 12), 300, default, fixture.State);

    private static ObjectiveInput TextInput(Fixture fixture) => new(
        fixture.Towers, fixture.Plan, Texts.Tensor("inputs/frames"),
        new TokenBatch(Texts.Integers("inputs/ids"), Texts.Integers("inputs/lengths"), width: 12), 300, default, fixture.State);

    private static ObjectiveInput TimeInput(Fixture fixture) => new(
        fixture.Towers, fixture.Plan, Times.Tensor("inputs/frames"),
        new TokenBatch(Times.Integers("inputs/ids"), Times.Integers("inputs/lengths"), width: 12), 300, new DrawKey(Some.Seed, 1, 1, ChanceStream.Objective), fixture.State)
    {
        WindowFrames = 8,
    };

    private static ObjectiveInput ViewInput(Fixture fixture) => new(fixture.Towers, fixture.Plan, Frames: null, Texts: null, 0, default, fixture.State)
    {
        Views = [Views.Tensor("inputs/one"), Views.Tensor("inputs/other"), .. Views.Tensor("inputs/locals").unbind()],
    };

    private Weights Filled(ParameterLayout layout, string folder, Tensor? gradients)
    {
        Tensor flat = zeros(layout.Count);
        StoredWeights.Fill(flat, StoredWeights.Flatten(_file.Below(folder), layout, new ModelVersion(1)));
        return new Weights(layout, flat, gradients);
    }
}
