using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Which way is up. Gidaris, Singh and Komodakis, "Unsupervised Representation Learning by Predicting Image Rotations" (ICLR 2018), section 2, equations 1 to 3: by which of four quarter turns was the frame turned? All four
/// copies of a frame are asked about in the same batch (section 3.1).
/// </summary>
/// <remarks>
/// Reference implementation: gidariss/FeatureLearningRotNet. We differ: features are mean patch features of a ViT, and one linear layer on them answers. Nothing is turned but by transposing and mirroring, so that there are no traces of
/// resampling to go by, as in the paper. Trivial loss: ln 4, what indifferent answers get. Streams without an up (microscopy, the sky) have nothing to learn here.
/// </remarks>
internal static class Rotation
{
    // B batch, D width of the tower.
    public const string Section = "rotation";

    private const int Turns = 4;

    public static PretextTask Task { get; } = new()
    {
        Name = ObjectiveNames.Rotation,
        About = new(
            "frames: tells by which quarter turn a frame was turned; for streams where up and down differ",
            "four passes over whole frames",
            "Gidaris, Singh and Komodakis, Unsupervised Representation Learning by Predicting Image Rotations, 2018, section 2, equations 1 to 3"),
        Section = Section,
        Declare = plan => TransformerStack.DeclareLinear("rotation.answer", Turns, plan.Frame.Width),
        Classes = Turns,
        Ask = Ask,
    };

    public static ObjectiveDefinition Definition { get; } = Task.ToDefinition();

    /// <summary>Frames turned counterclockwise by so many quarters, fp32 [B, 3, S, S].</summary>
    public static Tensor Turn(Tensor frames, int quarters) => quarters switch
    {
        1 => frames.transpose(2, 3).flip(2).contiguous(),
        2 => frames.flip(2, 3),
        3 => frames.flip(2).transpose(2, 3).contiguous(),
        _ => frames,
    };

    private static PretextQuestions Ask(ObjectiveInput input)
    {
        Tensor frames = PatchFilling.FramesOf(input);
        Tensor features = input.Towers.Vision.Pool(cat([.. Enumerable.Range(0, Turns).Select(quarters => Turn(frames, quarters))])); // [4B, D]
        long[] right = [.. Enumerable.Range(0, Turns * (int)frames.shape[0]).Select(row => (long)(row / (int)frames.shape[0]))];
        return new PretextQuestions(
            features, () => Numerics.Linear(features.to_type(input.Towers.Weights.Dtype), input.Towers.Weights, "rotation.answer").to_type(ScalarType.Float32), right);
    }
}
