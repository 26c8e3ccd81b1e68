using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Swapped assignment to prototypes. Caron et al., "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments" (SwAV, NeurIPS 2020), section 3.1, equations 1 to 5: one view's code, its share in
/// prototypes that a batch uses evenly (Sinkhorn and Knopp's iteration), is predicted from the other view.
/// </summary>
/// <remarks>
/// Reference implementation: facebookresearch/swav. We differ: two views and no small ones; features are mean patch features; 512 prototypes, four for each feature in narrower towers (3,000 in the paper); they are
/// normalised where they are used, and trained from the beginning; views are SimCLR's for CIFAR-10. There is no queue unless one is asked for (the paper has 3,840 earlier projections, but not in the first 15 epochs): at a
/// step size that never falls, old projections are told from new ones by their age, and codes that are even over both give a whole batch to few prototypes (docs/decisions/0103-prototypes-of-now.md). One that is asked
/// for takes part from the first batch on; what is not filled does not count. Temperature 0.1, ε 0.05, 3 iterations (appendix A.1, reference code). Trivial loss: ln K, what indifferent scores get; one vector for everything has even
/// codes and gets the same, so collapse does not pay.
/// </remarks>
internal static class Swav
{
    // B batch, D width of the tower, J width of a projection, K prototypes, N rows with a code.
    public const string Section = "swav";

    private const int OutputWidth = 128, PrototypesMax = 512, PrototypesOfWidth = 4;

    private static readonly Knob
        Temperature = Knob.Temperature(0.1, "appendix A.1"),
        Epsilon = new("epsilon", 0.05, 0.01, 1, "how soft codes are: less and each frame has one prototype", "appendix A.1; equation 3"),
        Iterations = Knob.Count("iterations", 1, 3, 100, "rounds of Sinkhorn and Knopp: more, and prototypes are used more evenly", "appendix A.1"),
        PrototypesKnob = Knob.Count("prototypes", 2, PrototypesMax, 65_536, "prototypes that there are; by default 4 for each feature where the tower is narrower than 128", "3,000 in the paper, for ImageNet's thousand classes")
            with
        { DefaultOf = plan => Prototypes(plan.Model, KnobValues.None) },
        Queue = Knob.Count(
            "queue", 0, 0, 65_536, "projections of earlier batches that take part in the codes, half a kilobyte each in every version; 0: those of the batch alone", "3,840 in the paper after 15 epochs, at a step size that falls");

    /// <summary>Below any sum of shares of a row that counts.</summary>
    private const double Least = 1e-30;

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, Epsilon, Iterations, PrototypesKnob, Queue], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.Swav,
        About = new(
            "frames: two views belong to the same of many prototypes, which are used evenly; clusters and features at once, for small batches too",
            "two passes over whole frames",
            "Caron et al., Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, 2020, section 3.1, equations 1 to 5"),
        Views = _ => ViewPresets.SimClrSmall,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan, knobs).Declare()])],
        DeclareMemory = _ => QueueOf(knobs) is { } queue ? [queue.Declare()] : [],
        Remember = QueueOf(knobs) is { } queue ? taken => taken.PushInto(queue) : null,
        ViewLosses = (input, features) => Losses(input, features, knobs),
        TrivialLoss = input => Math.Log(Prototypes(input.Plan.Model, knobs)),
    }.ToDefinition();

    /// <summary>Equations 3 to 5: each row's shares in the prototypes, such that each row's are 1 together and all prototypes have (nearly) the same, fp32 [N, K].</summary>
    /// <param name="scores">Cosines, fp32 [N, K].</param>
    /// <param name="counts">1 for a row that counts, 0 for one that does not and has no share, fp32 [N].</param>
    public static Tensor Codes(Tensor scores, Tensor counts, double epsilon, int iterations)
    {
        long rows = scores.shape[0], prototypes = scores.shape[1];
        Shape.Require(counts, "rows that count", rows);
        Tensor shares = (scores * (1 / epsilon)).exp() * counts.unsqueeze(1); // [N, K]
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            shares = shares / (shares.sum(0, keepdim: true) * prototypes);
            shares = shares / (shares.sum(1, keepdim: true).clamp(min: Least) * counts.sum());
        }

        return shares * counts.sum();
    }

    /// <summary>Equation 2 for each row, fp32 [B].</summary>
    /// <param name="scores">One view's cosines, fp32 [B, K].</param>
    /// <param name="codes">The other's codes, fp32 [B, K].</param>
    public static Tensor Surprise(Tensor scores, Tensor codes, double temperature) => (codes * (scores * (1 / temperature)).log_softmax(1)).sum(1).neg();

    private static ViewLosses Losses(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        ModelPlan plan = input.Plan.Model;
        PrototypeHead head = Head(plan, knobs);
        (double temperature, double epsilon, int iterations) = (knobs[Temperature], knobs[Epsilon], knobs.Whole(Iterations));
        Weights weights = input.Towers.Weights;
        Tensor one = head.Project(features.One, weights), other = head.Project(features.Other, weights); // [B, J]
        Tensor first = head.Score(one, weights), second = head.Score(other, weights); // [B, K]
        KeyQueue? queue = QueueOf(knobs);
        Tensor firstCodes, secondCodes;
        using (no_grad())
        {
            Tensor counts = ones(features.Batch, device: input.Device); // [B], or [B + Q]
            Tensor[] earlier = [];
            if (queue is not null)
            {
                Weights state = input.RequireState();
                counts = cat([counts, queue.Held(state).to_type(ScalarType.Float32)]);
                earlier = [head.Score(queue.Read(state), weights)]; // [Q, K]
            }

            firstCodes = Codes(cat([first, .. earlier]), counts, epsilon, iterations).narrow(0, 0, features.Batch);
            secondCodes = Codes(cat([second, .. earlier]), counts, epsilon, iterations).narrow(0, 0, features.Batch);
        }

        Tensor losses = cat([Surprise(first, secondCodes, temperature), Surprise(second, firstCodes, temperature)]); // [2B]
        return new ViewLosses(losses) { Seen = queue is null ? null : cat([one, other]).detach() };
    }

    private static KeyQueue? QueueOf(KnobValues knobs) => knobs.Whole(Queue) is > 0 and var slots ? new("swav.queue", slots, OutputWidth) : null;

    private static PrototypeHead Head(ModelPlan plan, KnobValues knobs)
    {
        var projection = new MlpHead("swav.projection", [plan.Frame.Width, 2 * plan.Frame.Width, OutputWidth], normalizesOutput: false);
        return new PrototypeHead(Section, projection, OutputWidth, Prototypes(plan, knobs));
    }

    private static int Prototypes(ModelPlan plan, KnobValues knobs) => knobs.Whole(PrototypesKnob, Math.Min(PrototypesMax, PrototypesOfWidth * plan.Frame.Width));
}
