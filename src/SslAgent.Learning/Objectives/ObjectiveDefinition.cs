using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>What an objective is a function of. The same input gives the same loss for ever.</summary>
/// <param name="Frames">Normalised fp32 [B, 3, S, S]; null for a text batch.</param>
/// <param name="Texts">Encoded texts of the same rows; null for a frame batch.</param>
/// <param name="TokensInUse">Token numbers below this exist.</param>
/// <param name="Key">Root of the objective's chance.</param>
/// <param name="State">What objectives declared as state, or null where none did.</param>
internal sealed record ObjectiveInput(
    TowerSet Towers, LearnerPlan Plan, Tensor? Frames, TokenBatch? Texts, int TokensInUse, DrawKey Key, Weights? State)
{
    /// <summary>Several views of each frame, normalised, each fp32 [B, 3, S, S], where the objective asks for views; else empty, and <see cref="Frames"/> is there.</summary>
    public IReadOnlyList<Tensor> Views { get; init; } = [];

    /// <summary>So many frames after one another are a window, in order of time; 1 where each stands for itself.</summary>
    public int WindowFrames { get; init; } = 1;

    /// <summary>What became of the views; null where they were not checked.</summary>
    public ViewRejections? Rejections { get; init; }

    /// <summary>How many samples the rows were drawn from; null where nothing is trained.</summary>
    public int? Population { get; init; }

    /// <summary>What the replay buffer remembers of the rows; null where it remembers nothing or nobody asked.</summary>
    public Recollection? Recollection { get; init; }

    public Device Device => Towers.Weights.Device;

    public Weights RequireState() => Check.NotNull(State, "an objective that declares state has it");

    public Tensor View(int number) => number < Views.Count ? Views[number] : throw new BrokenInvariantException($"view {number} was not drawn");
}

/// <summary>A loss to go down, scalar fp32, and numbers worth seeing beside it, by the definition's term names.</summary>
internal sealed record ObjectiveLoss(Tensor Loss, params Tensor[] Terms)
{
    /// <summary>What <see cref="ObjectiveDefinition.Features"/> gives of the same input, with its gradient; made where somebody asks.</summary>
    public Func<IReadOnlyList<Tensor>> Features { get; init; } = () => [];

    /// <summary>What <see cref="ObjectiveDefinition.AfterStep"/> is to know of this batch, without a gradient (keys for a queue, a mean), or null. A loss writes to nothing itself.</summary>
    public Tensor? Seen { get; init; }

    /// <summary>How wrong it was on each window of the batch, without a gradient, fp32 [B]; null where nothing was predicted.</summary>
    public Tensor? Surprise { get; init; }

    /// <summary>What a regulariser adds to what goes down, scalar fp32; losses are reported and compared without it.</summary>
    public Tensor? Penalty { get; init; }
}

/// <summary>A step that an objective has just taken.</summary>
/// <param name="Seen">What the losses of its micro-batches left (<see cref="ObjectiveLoss.Seen"/>), in order.</param>
/// <param name="Taken">1 where the step was taken; 0 where it was masked, since something was not finite: then what was seen is not to be kept. Scalar fp32.</param>
internal sealed record StepTaken(LearnerPlan Plan, FlatParameters Parameters, Weights? State, IReadOnlyList<Tensor> Seen, Tensor Taken)
{
    public Weights RequireState() => Check.NotNull(State, "an objective that declares state has it");

    /// <summary>Puts what was seen into a queue, which keeps nothing of a masked step.</summary>
    public void PushInto(KeyQueue queue)
    {
        foreach (Tensor keys in Seen) queue.Push(RequireState(), keys, Taken);
    }

    /// <summary>Steps of a section before this one.</summary>
    public long StepsBefore(string section) => Parameters.Counter(section).Steps - 1;
}

/// <summary>
/// One way of learning without labels: what it needs, which sections it moves, and two functions. Immutable; the registry holds one of each.
/// </summary>
internal sealed record ObjectiveDefinition
{
    public required string Name { get; init; }

    public required ObjectiveAbout About { get; init; }

    /// <summary>What can be set of it; empty where nothing can.</summary>
    public IReadOnlyList<Knob> Knobs { get; init; } = [];

    /// <summary>What a batch is made of.</summary>
    public required Modality Modality { get; init; }

    /// <summary>Whether it needs the tokenizer.</summary>
    public required bool ReadsText { get; init; }

    /// <summary>The windows of time that its batches are made of; null where samples stand for themselves. Of frames only.</summary>
    public Windowed? Windows { get; init; }

    /// <summary>Fewest samples that make sense as a batch, or windows where it asks for them.</summary>
    public required int SamplesMin { get; init; }

    /// <summary>Sections whose weights it moves, the towers' among them.</summary>
    public required IReadOnlyList<string> Sections { get; init; }

    /// <summary>The views of a frame that it sees, in order; null where it sees the frame once, or none.</summary>
    public Func<ModelPlan, IReadOnlyList<ViewPlan>>? Views { get; init; }

    /// <summary>The sections that are its own.</summary>
    public required Func<ModelPlan, IEnumerable<SectionSpec>> Declare { get; init; }

    /// <summary>
    /// What it keeps from step to step besides trained weights: queues, teachers, centres. Part of every version, of revert and of the digest;
    /// changed by nobody but the objective, in place and under no_grad.
    /// </summary>
    public Func<ModelPlan, IEnumerable<SectionSpec>> DeclareState { get; init; } = _ => [];

    /// <summary>Names of the loss's terms, in order.</summary>
    public IReadOnlyList<string> TermNames { get; init; } = [];

    public required Func<ObjectiveInput, ObjectiveLoss> Loss { get; init; }

    /// <summary>Widths of its features, in order; empty where it offers none.</summary>
    public Func<ModelPlan, IReadOnlyList<int>> FeatureWidths { get; init; } = _ => [];

    /// <summary>What the input's towers make of the very input that the loss is of, one row for each thing that was encoded, each fp32 [R, width].</summary>
    public Func<ObjectiveInput, IReadOnlyList<Tensor>> Features { get; init; } = _ => [];

    /// <summary>
    /// The held-out loss of each of a batch's samples under each candidate for what is trained but never served (CLIP's temperature), fp32 [C, B]. A probe
    /// averages over batches and keeps the best candidate. For losses that depend on the whole batch; null where any part of a batch may be asked about alone.
    /// </summary>
    public Func<ObjectiveInput, Tensor>? ProbeLosses { get; init; }

    /// <summary>What follows each step: slow copies follow, queues take in what was seen. Under no_grad, the only place that changes state; null where nothing follows.</summary>
    public Action<StepTaken>? AfterStep { get; init; }

    /// <summary>
    /// Whether a held-out loss that fell below the trivial one shows that the features of the towers it moves did not collapse: it asks for a sample's own content, or which of many samples it is, and neither is
    /// well told from a few directions. Not so where a network makes the target (it may collapse together with what it teaches), where a question has few answers, where another tower could answer, or where a head standardises features first, and so does not see how narrow they have become.
    /// </summary>
    public bool VouchesForFeatures { get; init; }

    /// <summary>What a model that learned nothing gets on this batch, measured, in the unit of the loss.</summary>
    public required Func<ObjectiveInput, double> TrivialLoss { get; init; }

    /// <summary>The same objective with its knobs set; null where it has none.</summary>
    private Func<KnobValues, ObjectiveDefinition>? Tune { get; init; }

    /// <summary>An objective that is a function of its knobs as well.</summary>
    public static ObjectiveDefinition Tunable(IReadOnlyList<Knob> knobs, Func<KnobValues, ObjectiveDefinition> define)
    {
        ObjectiveDefinition Set(KnobValues values) => define(values) with { Knobs = knobs, Tune = Set };
        return Set(KnobValues.None);
    }

    /// <summary>As the plan has it: with its knobs.</summary>
    public ObjectiveDefinition Under(LearnerPlan plan) => Tune?.Invoke(KnobValues.Of(Name, plan)) ?? this;
}
