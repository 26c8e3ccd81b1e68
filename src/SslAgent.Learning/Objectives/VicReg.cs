using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Variance, invariance, covariance. Bardes, Ponce and LeCun, "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning" (ICLR 2022), section 4.1, equations 1 to 6: views
/// agree, each coordinate keeps a standard deviation of 1 over the batch, and coordinates do not tell of each other.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: the projection is as wide as eight features (8192 in the paper, four times ResNet-50's), in three layers; probes of a batch have one value for all its frames.
/// Weights 25, 25 and 1 (section 4.2), γ = 1, ε = 0.0001. Trivial loss: 50 (1 - √ε), what a constant gets, the network that has nothing to say.
/// </remarks>
internal static class VicReg
{
    // B batch, D width of the tower, J width of the projection.
    public const string Section = "vicreg";

    private const double Target = 1, Epsilon = 1e-4;

    private static readonly Knob
        InvarianceWeight = new("invariance", 25, 0, 1000, "how much it counts that views agree", "section 4.2"),
        VarianceWeight = new("variance", 25, 0, 1000, "how much it counts that each feature keeps its spread: 0 lets all collapse", "section 4.2"),
        CovarianceWeight = new("covariance", 1, 0, 1000, "how much it counts that features repeat each other", "section 4.2"),
        Widening = Knob.Count("widening", 1, 8, 64, "the head's width in features of the tower", "8,192 in the paper, four of ResNet-50's");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([InvarianceWeight, VarianceWeight, CovarianceWeight, Widening], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.VicReg,
        About = new(
            "frames: two views agree, each feature keeps its spread, none repeats another; its terms tell which of the three is missing",
            "two passes over whole frames, and two covariances of a wide head",
            "Bardes, Ponce and LeCun, VICReg, 2022, section 4.1, equations 1 to 6"),
        Views = _ => ViewPresets.BarlowTwins,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan, knobs).Declare()])],
        TermNames = ["invariance", "variance", "covariance"],
        BatchLoss = (input, features) => Loss(input, features, knobs),
        TrivialLoss = _ => 2 * knobs[VarianceWeight] * (Target - Math.Sqrt(Epsilon)),
    }.ToDefinition();

    /// <summary>Equation 5: the mean squared distance of the two views of a frame (a mean over the coordinates too, as in the paper's algorithm 1), scalar.</summary>
    public static Tensor Invariance(Tensor one, Tensor other) => (one - other).square().mean();

    /// <summary>Equations 1 and 2: how far the standard deviations of the coordinates fall short of the target, mean over them, scalar.</summary>
    /// <param name="projections">fp32 [B, J], B at least 2.</param>
    public static Tensor Variance(Tensor projections) => nn.functional.relu(Target - (projections.var(0, unbiased: true) + Epsilon).sqrt()).mean();

    /// <summary>Equations 3 and 4: the sum of squared covariances of different coordinates, divided by their number J, scalar.</summary>
    /// <param name="projections">fp32 [B, J], B at least 2.</param>
    public static Tensor Covariance(Tensor projections)
    {
        long batch = projections.shape[0], width = projections.shape[1];
        Tensor centred = projections - projections.mean([0], keepdim: true);
        Tensor covariance = centred.t().mm(centred) * (1.0 / (batch - 1)); // [J, J]
        return (covariance.square().sum() - covariance.diagonal().square().sum()) * (1.0 / width);
    }

    private static ObjectiveLoss Loss(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        (Tensor one, Tensor other) = features.Through(Head(input.Plan.Model, knobs), input.Towers.Weights); // [B, J] each
        Tensor invariance = Invariance(one, other), variance = Variance(one) + Variance(other), covariance = Covariance(one) + Covariance(other);
        return new ObjectiveLoss(
            (invariance * knobs[InvarianceWeight]) + (variance * knobs[VarianceWeight]) + (covariance * knobs[CovarianceWeight]), invariance.detach(), variance.detach(), covariance.detach());
    }

    private static MlpHead Head(ModelPlan plan, KnobValues knobs) => MlpHead.Expander("vicreg.projection", plan.Frame.Width, knobs.Whole(Widening));
}
