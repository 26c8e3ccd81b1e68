using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Momentum contrast with a queue. He et al., "Momentum Contrast for Unsupervised Visual Representation Learning" (MoCo, CVPR 2020), section 3.1 and 3.2, equations 1 and 2, with the head, temperature and views of Chen et
/// al., "Improved Baselines with Momentum Contrastive Learning" (MoCo v2, 2020), section 3: a query of one view is to find the slow copy's key of the other among the keys of earlier batches.
/// </summary>
/// <remarks>
/// Reference implementation: facebookresearch/moco. We differ: both directions, keys of both views go into the queue; features are mean patch features, and neither tower nor head normalises over a batch, so nothing is
/// shuffled. The queue has 4,096 keys (65,536 in the paper, 4,096 in its CIFAR-10 demonstration): a key of 128 numbers each, two megabytes in every version; of a small buffer no more keys are used than half its frames, so
/// that few are a frame's own. The batch's other keys are negatives too, and while there are fewer negatives than the queue has slots each counts for several: the loss is the same from the first step on as when the
/// queue is full. Probes ask within their own batch, in the same unit, since what the stream has just been does not belong into a comparison of versions. Temperature 0.2, momentum 0.999 from the first
/// step on: a copy that followed faster would leave keys in the queue that are told by their age. Trivial loss: ln(1 + Q), what
/// indifferent scores get, and a collapsed network.
/// </remarks>
internal static class MoCoV2
{
    // B batch, D width of the tower, J width of a query, Q slots of the queue.
    public const string Section = "moco_v2";

    private const int OutputWidth = 128;

    private static readonly Knob
        Temperature = Knob.Temperature(0.2, "Improved Baselines, section 3"),
        Momentum = Knob.Momentum(0.999, "section 3.2"),
        Queue = Knob.Queue("reference code, CIFAR-10; 65,536 in the paper");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, Momentum, Queue], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.MoCoV2,
        About = new(
            "frames: a view is found again among thousands of keys of earlier batches; contrast for small batches",
            "two passes over whole frames, two of the slow copy; the tower once more and a queue of keys in memory and in every version",
            "He et al., Momentum Contrast for Unsupervised Visual Representation Learning, 2020, section 3, equations 1 and 2; Chen et al., Improved Baselines, 2020"),
        Views = _ => ViewPresets.MoCoV2,
        Heads = [Section],
        Declare = plan => [Projection(plan)],
        Target = SlowEncoder,
        TargetDecay = knobs[Momentum],
        DeclareMemory = plan => [QueueOf(plan, knobs).Declare()],
        Remember = taken => Remember(taken, knobs),
        TermNames = ["negatives"],
        ViewLosses = (input, features) => Losses(input, features, QueueOf(input.Plan.Model, knobs).Held(input.RequireState(), input.Population / 2), knobs),
        ProbeViewLosses = (input, features) => Losses(input, features, zeros(Slots(input.Plan.Model, knobs), ScalarType.Bool, input.Device), knobs).Each,
        TrivialLoss = input => Math.Log(1 + Slots(input.Plan.Model, knobs)),
    }.ToDefinition();

    /// <summary>Equation 1 for each query, with negatives weighted to the queue's number, fp32 [B].</summary>
    /// <param name="queries">Of any length, fp32 [B, J].</param>
    /// <param name="keys">Row i is the key of query i, unit vectors, fp32 [B, J].</param>
    /// <param name="queue">Unit vectors, fp32 [Q, J].</param>
    /// <param name="held">True where a slot of the queue counts, [Q].</param>
    public static Tensor Contrast(Tensor queries, Tensor keys, Tensor queue, Tensor held, double temperature)
    {
        long batch = queries.shape[0], slots = queue.shape[0];
        Shape.Require(keys, "keys", batch, queries.shape[1]);
        Tensor directions = nn.functional.normalize(queries, dim: 1) * (1 / temperature); // [B, J]
        Tensor scores = directions.mm(cat([keys, queue]).t()); // [B, B + Q]
        Tensor right = scores.narrow(1, 0, batch).diagonal(); // [B]
        Tensor never = cat([eye(batch, dtype: ScalarType.Bool, device: scores.device), held.logical_not().unsqueeze(0).expand(batch, slots)], 1);
        Tensor weight = (slots / Negatives(held, batch)).log();
        return logsumexp(cat([right.unsqueeze(1), scores.masked_fill(never, float.NegativeInfinity) + weight], 1), 1) - right;
    }

    private static Tensor Negatives(Tensor held, long batch) => held.to_type(ScalarType.Float32).sum() + (batch - 1);

    private static ViewLosses Losses(ObjectiveInput input, TwoViews features, Tensor held, KnobValues knobs)
    {
        ModelPlan plan = input.Plan.Model;
        (Tensor first, Tensor second) = features.Through(Head(plan), input.Towers.Weights); // [B, J] each
        (Tensor one, Tensor other) = TwoViews.Targets(input, SlowEncoder(plan), (x, weights) => nn.functional.normalize(Head(plan).Forward(x, weights), dim: 1));
        Tensor queue = QueueOf(plan, knobs).Read(input.RequireState()); // [Q, J]
        Tensor losses = cat([Contrast(first, other, queue, held, knobs[Temperature]), Contrast(second, one, queue, held, knobs[Temperature])]);
        return new ViewLosses(losses, Negatives(held, features.Batch)) { Seen = cat([one, other]) };
    }

    private static void Remember(StepTaken taken, KnobValues knobs)
    {
        // The first step's keys are of a copy that is none yet.
        if (taken.StepsBefore(Section) > 0) taken.PushInto(QueueOf(taken.Plan.Model, knobs));
    }

    private static KeyQueue QueueOf(ModelPlan plan, KnobValues knobs) => new("moco_v2.queue", Slots(plan, knobs), OutputWidth);

    private static int Slots(ModelPlan plan, KnobValues knobs) => knobs.Whole(Queue, KeyQueue.SlotsFor(plan.Frame.Width));

    private static SlowCopy SlowEncoder(ModelPlan plan) => new("moco_v2.momentum", [VisionTower.Declare(plan), Projection(plan)]);

    private static SectionSpec Projection(ModelPlan plan) => new(Section, [.. Head(plan).Declare()]);

    private static MlpHead Head(ModelPlan plan) => new("moco_v2.projection", [plan.Frame.Width, plan.Frame.Width, OutputWidth], normalizesOutput: false, MlpHidden.Relu);
}
