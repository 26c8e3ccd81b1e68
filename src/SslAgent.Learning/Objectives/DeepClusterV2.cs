using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Clusters of what was learned so far as labels. Caron et al., "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments" (NeurIPS 2020), appendix on DeepCluster-v2: spherical k-means centroids of a memory of
/// projections are the classifier's weights, and each view is to be told into the cluster of its frame.
/// </summary>
/// <remarks>
/// Reference implementation: facebookresearch/swav, main_deepclusterv2.py. We differ: a stream has no epochs and shows a frame perhaps once, so nobody can give a frame its cluster once and for an epoch. A slow copy of the
/// network says which it is, the one nearest to what it makes of the other view: labels of one's own are met by one cluster for all before the next clustering (docs/decisions/0103-prototypes-of-now.md). The memory is the newest 4,096
/// projections of the copy, whosever they are, is clustered anew at fixed steps (every tenth of the first fifty, then every fiftieth); one head of memory/16 clusters (three of 3,000 in the paper); k-means
/// begins at evenly spaced rows and not at random ones. 10 iterations, temperature 0.1 (reference code). Before the first clustering the loss is ln K and moves nothing. The loss falls also where few clusters are used: probes
/// ask what the labels lack of telling frames apart (<see cref="LackingInformation"/>), trivial there: ln B, which a collapsed network gets too; the term "clusters" tells how many are in use.
/// </remarks>
internal static class DeepClusterV2
{
    // B batch, D width of the tower, J width of a projection, K clusters.
    public const string Section = "deepcluster", Centroids = "deepcluster.centroids";

    private const int OutputWidth = 128, RowsOfCluster = 16, StepsBetweenAtFirst = 10;

    private static readonly Knob
        Temperature = Knob.Temperature(0.1, "reference code"),
        Momentum = Knob.Momentum(0.99, "labels last for an epoch in the paper; a hundred steps are two clusterings"),
        Memory = Knob.Queue("a stream has no set of pictures to cluster; as MoCo's"),
        ClustersKnob = Knob.Count("clusters", 2, KeyQueue.SlotsMax / RowsOfCluster, 65_536, "clusters that there are: more than the queue has projections stay empty; by default two for each feature where the tower is narrower than 128", "three times 3,000 in the paper")
            with
        { DefaultOf = plan => Clusters(plan.Model, KnobValues.None) },
        Iterations = Knob.Count("iterations", 1, 10, 1000, "rounds of k-means in a clustering", "reference code"),
        StepsBetween = Knob.Count("stepsBetween", 1, 50, 1_000_000, "steps between two clusterings, every tenth of the first so many too", "an epoch in the paper, which a stream does not have");

    public static TwoViewObjective Objective { get; } = Define(KnobValues.None);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, Momentum, Memory, ClustersKnob, Iterations, StepsBetween], knobs => Define(knobs).ToDefinition());

    private static TwoViewObjective Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.DeepClusterV2,
        About = new(
            "frames: clusters of the newest features are the labels of the next steps; features that group frames",
            "two passes over whole frames, two of the slow copy, every fiftieth step a clustering; the tower once more and a memory of projections in memory and in every version",
            "Caron et al., Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, 2020, appendix on DeepCluster-v2"),
        Views = _ => ViewPresets.SimClrSmall,
        Heads = [Section],
        Declare = plan => [Projection(plan)],
        Target = SlowEncoder,
        TargetDecay = knobs[Momentum],
        DeclareMemory = plan => [MemoryOf(plan, knobs).Declare(), new SectionSpec(Centroids, [new(Centroids, [Clusters(plan, knobs), OutputWidth], Initial.Zeros, Decayed: false)])],
        Remember = taken => Remember(taken, knobs),
        TermNames = ["clusters"],
        ViewLosses = (input, features) => Losses(input, features, knobs[Temperature]).Told,
        ProbeViewLosses = (input, features) => Lacking(Losses(input, features, knobs[Temperature])),
        TrivialLoss = input => LackingInformation.Trivial(input.View(0).shape[0]),
    };

    /// <summary>Whether the memory is clustered after so many steps.</summary>
    public static bool IsDue(long steps, int between) => steps % (steps < between ? Math.Min(between, StepsBetweenAtFirst) : between) == 0;

    /// <summary>Of each row the cluster that it is nearest to, 1 there and 0 elsewhere, fp32 [R, K].</summary>
    /// <param name="scores">Cosines, fp32 [R, K].</param>
    public static Tensor Labels(Tensor scores) => nn.functional.one_hot(scores.argmax(1), scores.shape[1]).to_type(ScalarType.Float32);

    /// <summary>How well both views tell the clusters of others.</summary>
    /// <param name="said">Projections, fp32 [2B, J].</param>
    /// <param name="others">Unit vectors whose clusters are the labels, row by row, fp32 [2B, J].</param>
    /// <param name="centroids">Unit vectors, fp32 [K, J].</param>
    public static (Tensor Losses, Tensor Labels) Tell(Tensor said, Tensor others, Tensor centroids, double temperature)
    {
        Tensor directions = centroids.t(); // [J, K]
        Tensor labels = Labels(others.mm(directions)); // [2B, K]
        Tensor scores = nn.functional.normalize(said, dim: 1).mm(directions); // [2B, K]
        return ((labels * (scores * (1 / temperature)).log_softmax(1)).sum(1).neg(), labels);
    }

    public static MlpHead Head(ModelPlan plan) => new("deepcluster.projection", [plan.Frame.Width, 2 * plan.Frame.Width, OutputWidth], normalizesOutput: false);

    /// <summary>Clusters that labels spread over as if evenly: the exponential of their entropy, scalar.</summary>
    public static Tensor InUse(Tensor labels)
    {
        Tensor mean = labels.mean([0]); // [K]
        return mean.xlogy(mean).sum().neg().exp();
    }

    private static (ViewLosses Told, Tensor Labels) Losses(ObjectiveInput input, TwoViews features, double temperature)
    {
        MlpHead head = Head(input.Plan.Model);
        (Tensor one, Tensor other) = features.Through(head, input.Towers.Weights); // [B, J] each
        (Tensor slowOne, Tensor slowOther) = TwoViews.Targets(input, SlowEncoder(input.Plan.Model), (x, weights) => nn.functional.normalize(head.Forward(x, weights), dim: 1)); // [B, J] each
        (Tensor losses, Tensor labels) = Tell(cat([one, other]), cat([slowOther, slowOne]), input.RequireState()[Centroids], temperature);
        return (new ViewLosses(losses, InUse(labels)) { Seen = cat([slowOne, slowOther]) }, labels);
    }

    private static Tensor Lacking((ViewLosses Told, Tensor Labels) losses) => LackingInformation.Of(losses.Told.Each, losses.Labels);

    private static void Remember(StepTaken taken, KnobValues knobs)
    {
        ModelPlan plan = taken.Plan.Model;
        Weights state = taken.RequireState();
        KeyQueue memory = MemoryOf(plan, knobs);
        // The first step's projections are of a copy that is none yet.
        if (taken.StepsBefore(Section) > 0) taken.PushInto(memory);
        if (IsDue(taken.StepsBefore(Section) + 1, knobs.Whole(StepsBetween)))
            state[Centroids].copy_(SphericalKMeans.Centroids(memory.Read(state), memory.Held(state), Clusters(plan, knobs), knobs.Whole(Iterations)));
    }

    private static KeyQueue MemoryOf(ModelPlan plan, KnobValues knobs) => new("deepcluster.memory", Rows(plan, knobs), OutputWidth);

    private static int Rows(ModelPlan plan, KnobValues knobs) => knobs.Whole(Memory, KeyQueue.SlotsFor(plan.Frame.Width));

    private static int Clusters(ModelPlan plan, KnobValues knobs) => knobs.Whole(ClustersKnob, KeyQueue.SlotsFor(plan.Frame.Width) / RowsOfCluster);

    private static SlowCopy SlowEncoder(ModelPlan plan) => new("deepcluster.slow", [VisionTower.Declare(plan), Projection(plan)]);

    private static SectionSpec Projection(ModelPlan plan) => new(Section, [.. Head(plan).Declare()]);
}
