using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Clusters of what was learned so far as labels. Caron et al., "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments" (NeurIPS 2020), appendix on DeepCluster-v2: spherical k-means centroids of a memory of
/// projections are the classifier's weights, and each view is to be told into the cluster of its frame.
/// </summary>
/// <remarks>
/// Reference implementation: facebookresearch/swav, main_deepclusterv2.py. We differ: a stream has no epochs and shows a frame perhaps once, so the memory is the newest 4,096 projections whosever they are, is clustered anew at
/// fixed steps (every tenth of the first fifty, then every fiftieth), and a view's label is the cluster nearest to the other view's projection of the same step; one head of memory/16 clusters (three of 3,000 in the paper); k-means
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
        Memory = Knob.Queue("a stream has no set of pictures to cluster; as MoCo's"),
        ClustersKnob = Knob.Count("clusters", 2, KeyQueue.SlotsMax / RowsOfCluster, 65_536, "clusters that there are: more than the queue has projections stay empty; by default two for each feature where the tower is narrower than 128", "three times 3,000 in the paper")
            with
        { DefaultOf = plan => Clusters(plan.Model, KnobValues.None) },
        Iterations = Knob.Count("iterations", 1, 10, 1000, "rounds of k-means in a clustering", "reference code"),
        StepsBetween = Knob.Count("stepsBetween", 1, 50, 1_000_000, "steps between two clusterings, every tenth of the first so many too", "an epoch in the paper, which a stream does not have");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, Memory, ClustersKnob, Iterations, StepsBetween], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.DeepClusterV2,
        About = new(
            "frames: clusters of the newest features are the labels of the next steps; features that group frames",
            "two passes over whole frames, every fiftieth step a clustering; a memory of projections in memory and in every version",
            "Caron et al., Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, 2020, appendix on DeepCluster-v2"),
        Views = _ => ViewPresets.SimClrSmall,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan).Declare()])],
        DeclareMemory = plan => [MemoryOf(plan, knobs).Declare(), new SectionSpec(Centroids, [new(Centroids, [Clusters(plan, knobs), OutputWidth], Initial.Zeros, Decayed: false)])],
        Remember = taken => Remember(taken, knobs),
        TermNames = ["clusters"],
        ViewLosses = (input, features) => Losses(input, features, knobs[Temperature]).Told,
        ProbeViewLosses = (input, features) => Lacking(Losses(input, features, knobs[Temperature])),
        TrivialLoss = input => LackingInformation.Trivial(input.View(0).shape[0]),
    }.ToDefinition();

    /// <summary>Whether the memory is clustered after so many steps.</summary>
    public static bool IsDue(long steps, int between) => steps % (steps < between ? Math.Min(between, StepsBetweenAtFirst) : between) == 0;

    /// <summary>Of each row the cluster that it is nearest to, 1 there and 0 elsewhere, fp32 [R, K].</summary>
    /// <param name="scores">Cosines, fp32 [R, K].</param>
    public static Tensor Labels(Tensor scores) => nn.functional.one_hot(scores.argmax(1), scores.shape[1]).to_type(ScalarType.Float32);

    private static (ViewLosses Told, Tensor Labels) Losses(ObjectiveInput input, TwoViews features, double temperature)
    {
        (Tensor one, Tensor other) = features.Through(Head(input.Plan.Model), input.Towers.Weights); // [B, J] each
        Tensor first = nn.functional.normalize(one, dim: 1), second = nn.functional.normalize(other, dim: 1);
        Tensor directions = input.RequireState()[Centroids].t(); // [J, K]
        Tensor scores = cat([first, second]).mm(directions); // [2B, K]
        Tensor swapped = cat([second, first]).detach().mm(directions); // [2B, K]
        Tensor labels = Labels(swapped), mean = labels.mean([0]);
        Tensor losses = (labels * (scores * (1 / temperature)).log_softmax(1)).sum(1).neg(); // [2B]
        return (new ViewLosses(losses, mean.xlogy(mean).sum().neg().exp()) { Seen = cat([first, second]).detach() }, labels);
    }

    private static Tensor Lacking((ViewLosses Told, Tensor Labels) losses) => LackingInformation.Of(losses.Told.Each, losses.Labels);

    private static void Remember(StepTaken taken, KnobValues knobs)
    {
        ModelPlan plan = taken.Plan.Model;
        Weights state = taken.RequireState();
        KeyQueue memory = MemoryOf(plan, knobs);
        taken.PushInto(memory);
        if (IsDue(taken.StepsBefore(Section) + 1, knobs.Whole(StepsBetween)))
            state[Centroids].copy_(SphericalKMeans.Centroids(memory.Read(state), memory.Held(state), Clusters(plan, knobs), knobs.Whole(Iterations)));
    }

    private static KeyQueue MemoryOf(ModelPlan plan, KnobValues knobs) => new("deepcluster.memory", Rows(plan, knobs), OutputWidth);

    private static int Rows(ModelPlan plan, KnobValues knobs) => knobs.Whole(Memory, KeyQueue.SlotsFor(plan.Frame.Width));

    private static int Clusters(ModelPlan plan, KnobValues knobs) => knobs.Whole(ClustersKnob, KeyQueue.SlotsFor(plan.Frame.Width) / RowsOfCluster);

    private static MlpHead Head(ModelPlan plan) => new("deepcluster.projection", [plan.Frame.Width, 2 * plan.Frame.Width, OutputWidth], normalizesOutput: false);
}
