using SslAgent.Domain;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Time-contrastive learning from one camera. Sermanet et al., "Time-Contrastive Networks: Self-Supervised Learning from Video" (ICRA 2018), section III-A, equation 1 and figure 3: a frame lies nearer, by a margin, to one from
/// within a short time than to one of the same sequence from farther away.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: a window has eight frames, the positive is a neighbour of the anchor and the negative three frames away or more (what lies between, twice the positive radius, is neither, as in the paper); every frame
/// of a window is an anchor once; the embedding, of 32 numbers as in the paper, is of unit length, so that the margin means the same for every stream. Trivial loss: the margin, what indifference costs, and a collapsed network too.
/// A stream that stands still has nothing to learn here.
/// </remarks>
internal static class Tcn
{
    // B windows, W frames in each, D width of the tower, R = B·W anchors, E width of an embedding.
    public const string Section = "tcn";

    public const int WindowFrames = 8, PositiveRadius = 1, NegativeFrom = (2 * PositiveRadius) + 1;

    private const int EmbeddingWidth = 32;

    private static readonly Knob Margin = new("margin", 0.2, 0.001, 2, "how much nearer the positive is to be than the negative, as squared distances of unit vectors", "FaceNet, Schroff et al. 2015");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Margin], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Tcn,
        About = new(
            "windows of frames: what follows within a moment is alike, what comes later is not; for cameras that move or see things move",
            "one pass over each frame of the windows",
            "Sermanet et al., Time-Contrastive Networks: Self-Supervised Learning from Video, 2018, section III-A, equation 1"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Windows = new(WindowFrames),
        Sections = [VisionTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan).Declare()])],
        TermNames = ["accuracy"],
        Loss = input => Loss(input, Draw(input), knobs[Margin]),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [FrameWindows.Flat(FrameWindows.Pool(input))],
        TrivialLoss = _ => knobs[Margin],
    };

    /// <summary>For each frame as an anchor, in order, the rows of its positive and of its negative [R] each.</summary>
    internal sealed record Triplets(int[] Positives, int[] Negatives);

    /// <summary>The loss of known triplets.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, Triplets triplets, double margin)
    {
        Tensor features = FrameWindows.Flat(FrameWindows.Pool(input)); // [R, D]
        Tensor embedded = nn.functional.normalize(Head(input.Plan.Model).Forward(features, input.Towers.Weights), dim: 1); // [R, E]
        (Tensor near, Tensor far) = Distances(embedded, triplets);
        return new ObjectiveLoss((near - far + margin).relu().mean(), (near < far).to_type(ScalarType.Float32).mean()) { Features = () => [features] };
    }

    /// <summary>Squared distances of each anchor from its positive and from its negative, fp32 [R] each.</summary>
    public static (Tensor Near, Tensor Far) Distances(Tensor embedded, Triplets triplets) => (Distance(embedded, triplets.Positives), Distance(embedded, triplets.Negatives));

    /// <summary>Chooses positives and negatives by the input's key.</summary>
    public static Triplets Draw(ObjectiveInput input) =>
        Draw((int)FrameWindows.FramesOf(input).shape[0] / input.WindowFrames, input.Key.With(ChanceStream.Masking, input.Key.Part));

    public static Triplets Draw(int windows, DrawKey key)
    {
        var chance = new Philox(key);
        int[] positives = new int[windows * WindowFrames], negatives = new int[windows * WindowFrames];
        for (var row = 0; row < positives.Length; row++)
        {
            int at = row % WindowFrames, first = row - at;
            positives[row] = first + One(away => away is > 0 and <= PositiveRadius, at, ref chance);
            negatives[row] = first + One(away => away >= NegativeFrom, at, ref chance);
        }

        return new Triplets(positives, negatives);
    }

    /// <summary>Any frame of the window that is so far away.</summary>
    private static int One(Predicate<int> isFar, int from, ref Philox chance)
    {
        int[] able = [.. Enumerable.Range(0, WindowFrames).Where(place => isFar(Math.Abs(place - from)))];
        return able[chance.NextInt(able.Length)];
    }

    private static Tensor Distance(Tensor embedded, int[] others) => (embedded - embedded.index_select(0, tensor(others, device: embedded.device))).square().sum(1);

    private static Perceptron Head(ModelPlan plan) => new("tcn.head", plan.Frame.Width, plan.Frame.Width, EmbeddingWidth);
}
