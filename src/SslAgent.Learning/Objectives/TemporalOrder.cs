using SslAgent.Domain;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Order verification. Misra, Zitnick and Hebert, "Shuffle and Learn: Unsupervised Learning using Temporal Order Verification" (ECCV 2016), section 3.1: of five frames a to e in order, are these three as they came, (b, c, d), or is the
/// one in the middle from before or after, (b, a, d) and (b, e, d)?
/// </summary>
/// <remarks>
/// Written from the paper. We differ: as many tuples are in order as are not, so that indifference costs ln 2; there is no optical flow, so that nobody looks for the windows in which something moves: <c>learning.windowSpacing</c> says how far
/// apart frames lie; three mean features side by side go through one hidden layer, normalised over the batch, without which little is seen in features that are nearly alike. Backwards counts as in order, as in the paper (section 3.1), and half of all tuples are asked backwards. Trivial loss: ln 2, a coin's; a
/// collapsed network gets the same, and so does whoever looks at a stream that stands still: alone on a film of a street with people far away features fell to one direction, so it wants others beside it.
/// </remarks>
internal static class TemporalOrder
{
    // B windows, W frames in each, D width of the tower.
    public const string Section = "temporal_order";

    public const int WindowFrames = 5, Asked = 3;

    private const int A = 0, B = 1, C = 2, D = 3, E = 4;

    private static readonly int[] InOrder = [B, C, D];

    private static readonly int[][] OutOfOrder = [[B, A, D], [B, E, D]];

    public static ObjectiveDefinition Definition { get; } = new()
    {
        Name = ObjectiveNames.TemporalOrder,
        About = new(
            "windows of frames: tells whether three frames are in order or the middle one is from another moment; for streams in which things move",
            "one pass over three frames of each window of five",
            "Misra, Zitnick and Hebert, Shuffle and Learn: Unsupervised Learning using Temporal Order Verification, 2016, section 3.1"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 2, // The head normalises over the batch.
        Windows = new(WindowFrames),
        Sections = [VisionTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan).Declare()])],
        TermNames = ["accuracy"],
        Loss = input => Loss(input, Draw(input)),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [Pool(input, Draw(input))],
        ProbeLosses = input => Ask(input, Draw(input)).Losses.unsqueeze(0),
        TrivialLoss = _ => Math.Log(2),
    };

    /// <summary>What is asked of each window.</summary>
    /// <param name="Rows">Three frames each, by their rows in the batch [3·B].</param>
    /// <param name="InOrder">1 where they are as they came, one way or the other, else 0 [B].</param>
    internal sealed record Questions(int[] Rows, float[] InOrder);

    /// <summary>The loss of known questions.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, Questions questions)
    {
        (Tensor losses, Tensor isRight, Tensor features) = Ask(input, questions);
        return new ObjectiveLoss(losses.mean(), isRight.mean()) { Features = () => [features] };
    }

    /// <summary>Each window's surprise, and whether it was told right, fp32 [B] each, and the features of the frames asked about [3·B, D].</summary>
    private static (Tensor Losses, Tensor IsRight, Tensor Features) Ask(ObjectiveInput input, Questions questions)
    {
        Tensor features = Pool(input, questions); // [3·B, D]
        Tensor sideBySide = features.view(questions.InOrder.Length, Asked * features.shape[1]); // [B, 3·D]
        Tensor logits = Head(input.Plan.Model).Forward(sideBySide, input.Towers.Weights).squeeze(1); // [B]
        Tensor right = tensor(questions.InOrder, device: input.Device); // [B]
        Tensor isRight = ((logits.detach() > 0).to_type(ScalarType.Float32) == right).to_type(ScalarType.Float32);
        return (nn.functional.binary_cross_entropy_with_logits(logits, right, reduction: nn.Reduction.None), isRight, features);
    }

    /// <summary>Chooses by the input's key what each window is asked.</summary>
    public static Questions Draw(ObjectiveInput input) =>
        Draw((int)FrameWindows.FramesOf(input).shape[0] / input.WindowFrames, input.Key.With(ChanceStream.Masking, input.Key.Part));

    public static Questions Draw(int windows, DrawKey key)
    {
        var chance = new Philox(key);
        var rows = new List<int>(Asked * windows);
        var inOrder = new float[windows];
        for (var window = 0; window < windows; window++)
        {
            bool isInOrder = chance.NextInt(2) == 0;
            int[] wrong = OutOfOrder[chance.NextInt(OutOfOrder.Length)];
            IEnumerable<int> places = isInOrder ? InOrder : wrong;
            if (chance.NextInt(2) == 0) places = places.Reverse();
            rows.AddRange(places.Select(place => (window * WindowFrames) + place));
            inOrder[window] = isInOrder ? 1 : 0;
        }

        return new Questions([.. rows], inOrder);
    }

    /// <summary>Mean features of the frames that are asked about, fp32 [3·B, D].</summary>
    private static Tensor Pool(ObjectiveInput input, Questions questions) =>
        input.Towers.Vision.Pool(FrameWindows.FramesOf(input).index_select(0, tensor(questions.Rows, device: input.Device)));

    private static MlpHead Head(ModelPlan plan) => new("temporal_order.head", [Asked * plan.Frame.Width, plan.Frame.Width, 1], normalizesOutput: false);
}
