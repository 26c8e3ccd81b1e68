using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Features that move as the frame does. Garrido, Najman and LeCun, "Self-supervised learning of Split Invariant Equivariant representations" (SIE, ICML 2023), section 3: a predictor is told what was done to a frame (crop, mirroring, quarter
/// turn) and says, from the frame's feature, what the feature of the transformed frame is. The invariance objectives forget such things; E-SSL (Dangovski et al., "Equivariant Contrastive Learning", ICLR 2022) shows what that costs.
/// </summary>
/// <remarks>
/// Written from the papers. We differ: the prediction is not pulled to its target by distance, which an invariant network satisfies as well, but is to be told from all other targets of the batch (van den Oord et al., "Representation
/// Learning with Contrastive Predictive Coding", 2018, equation 4), those of the same frame under its other transformations among them; targets are a slow copy's (as in MoCo), the whole feature is equivariant and not a half of it; the predictor is a perceptron with a hidden layer that
/// adds to the feature, and not a hypernetwork; transformations are of the plane and not of space. Each frame is turned by every quarter turn once. Temperature 0.1. Trivial loss: ln 4B, what indifferent predictions get and a collapsed network too; a network
/// that tells frames apart and is invariant gets ln 4.
/// </remarks>
internal static class Equivariance
{
    // B batch, T transformations of each frame, D width of the tower.
    public const string Section = "equivariance";

    private static readonly Knob
        Temperature = Knob.Temperature(0.1, "as SwAV's and DeepCluster's"),
        Momentum = Knob.Momentum(0.99, "as MoCo v3's"),
        CropAreaMin = new("cropAreaMin", 0.4, 0.05, 1, "least share of a frame's area that a crop keeps; 1 crops nothing", "DINO's global views");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, Momentum, CropAreaMin], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Equivariance,
        About = new(
            "frames: foretells how features change when a frame is cropped, mirrored or turned; beside objectives that make features blind to that",
            "one pass over whole frames, four of the slow copy; the tower once more in memory and in every version",
            "Garrido, Najman and LeCun, Self-supervised learning of Split Invariant Equivariant representations, 2023, section 3"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Sections = [VisionTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. Predictor(plan).Declare()])],
        DeclareState = plan => Target(plan).DeclareState(),
        TermNames = ["accuracy", "equivariance"],
        Loss = input => Loss(input, Draw(input, knobs[CropAreaMin]), knobs[Temperature]),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [input.Towers.Vision.Pool(PatchFilling.FramesOf(input))],
        ProbeLosses = input => ProbeLosses(input, knobs),
        TrivialLoss = input => Math.Log(FrameTransform.Turns * PatchFilling.FramesOf(input).shape[0]),
        AfterStep = taken => Target(taken.Plan.Model).Follow(taken.Parameters, taken.RequireState(), knobs[Momentum], taken.StepsBefore(Section)),
    };

    /// <summary>The loss where the transformations are known.</summary>
    /// <param name="transforms">One of every frame, then another of every frame, and so on [T·B].</param>
    public static ObjectiveLoss Loss(ObjectiveInput input, IReadOnlyList<FrameTransform> transforms, double temperature)
    {
        Tensor features = input.Towers.Vision.Pool(PatchFilling.FramesOf(input)); // [B, D]
        Tensor scores = Scores(input, features, transforms, temperature); // [T·B, T·B]
        return new ObjectiveLoss(Surprises(scores).mean(), Right(scores.detach()), RightTransformation(scores.detach(), features.shape[0])) { Features = () => [features] };
    }

    /// <summary>Draws all quarter turns of each frame, each with a box and a side of its own.</summary>
    public static FrameTransform[] Draw(ObjectiveInput input, double areaMin)
    {
        var batch = (int)PatchFilling.FramesOf(input).shape[0];
        float side = input.Plan.Model.ImageSize;
        var chance = new Philox(input.Key.With(ChanceStream.Masking, input.Key.Part));
        var transforms = new FrameTransform[FrameTransform.Turns * batch];
        for (var row = 0; row < transforms.Length; row++)
            transforms[row] = new FrameTransform(RandomCrop.Draw(ref chance, side, side, areaMin, flip: true), row / batch);
        return transforms;
    }

    /// <summary>How near each prediction is to each target, over the temperature, fp32 [R, R].</summary>
    /// <param name="predicted">fp32 [R, D].</param>
    /// <param name="targets">Row i is what prediction i is to be, without a gradient, fp32 [R, D].</param>
    public static Tensor Compare(Tensor predicted, Tensor targets, double temperature) =>
        nn.functional.normalize(predicted, dim: 1).mm(nn.functional.normalize(targets, dim: 1).t()) * (1 / temperature);

    /// <summary>Each prediction's surprise at its own target [R].</summary>
    public static Tensor Surprises(Tensor scores) => logsumexp(scores, 1) - scores.diagonal();

    /// <summary>Share of predictions that are nearest to their own target among those of their frame, scalar: a quarter where features know nothing of transformations.</summary>
    public static Tensor RightTransformation(Tensor scores, long batch)
    {
        Tensor own = scores.view(FrameTransform.Turns, batch, FrameTransform.Turns, batch).diagonal(0, 1, 3); // [T, T, B]
        return own.argmax(1).eq(arange(FrameTransform.Turns, device: scores.device).unsqueeze(1)).to_type(ScalarType.Float32).mean();
    }

    private static Tensor Right(Tensor scores) => scores.argmax(1).eq(arange(scores.shape[0], device: scores.device)).to_type(ScalarType.Float32).mean();

    private static Tensor Scores(ObjectiveInput input, Tensor features, IReadOnlyList<FrameTransform> transforms, double temperature)
    {
        Tensor repeated = features.repeat(FrameTransform.Turns, 1); // [T·B, D]
        Tensor told = FrameTransform.Describe(transforms, input.Plan.Model.ImageSize, input.Device); // [T·B, 9]
        Tensor predicted = repeated + Predictor(input.Plan.Model).Forward(cat([repeated, told], 1), input.Towers.Weights); // [T·B, D]
        return Compare(predicted, Targets(input, transforms), temperature);
    }

    /// <summary>What the slow copy makes of the transformed frames, fp32 [T·B, D].</summary>
    private static Tensor Targets(ObjectiveInput input, IReadOnlyList<FrameTransform> transforms)
    {
        using IDisposable noGradients = no_grad();
        ModelPlan plan = input.Plan.Model;
        using Weights weights = Target(plan).Open(input.RequireState(), input.Towers.Weights.Dtype);
        using var towers = new TowerSet(plan, weights);
        return towers.Vision.Pool(FrameTransform.Apply(PatchFilling.FramesOf(input).repeat(FrameTransform.Turns, 1, 1, 1), transforms));
    }

    /// <summary>A frame's is the mean over its transformations, fp32 [1, B].</summary>
    private static Tensor ProbeLosses(ObjectiveInput input, KnobValues knobs)
    {
        Tensor features = input.Towers.Vision.Pool(PatchFilling.FramesOf(input));
        return Surprises(Scores(input, features, Draw(input, knobs[CropAreaMin]), knobs[Temperature])).view(FrameTransform.Turns, features.shape[0]).mean([0], keepdim: true);
    }

    private static Perceptron Predictor(ModelPlan plan) =>
        new("equivariance.predictor", plan.Frame.Width + FrameTransform.Numbers, 2 * plan.Frame.Width, plan.Frame.Width);

    private static SlowCopy Target(ModelPlan plan) => new("equivariance.target", [VisionTower.Declare(plan)]);
}
