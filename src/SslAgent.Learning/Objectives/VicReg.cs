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

    private const int Widening = 8;

    private const double InvarianceWeight = 25, VarianceWeight = 25, CovarianceWeight = 1, Target = 1, Epsilon = 1e-4;

    public static ObjectiveDefinition Definition { get; } = new TwoViewObjective
    {
        Name = ObjectiveNames.VicReg,
        About = new(
            "frames: two views agree, each feature keeps its spread, none repeats another; its terms tell which of the three is missing",
            "two passes over whole frames, and two covariances of a wide head",
            "Bardes, Ponce and LeCun, VICReg, 2022, section 4.1, equations 1 to 6"),
        Views = _ => ViewPresets.BarlowTwins,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan).Declare()])],
        TermNames = ["invariance", "variance", "covariance"],
        BatchLoss = Loss,
        TrivialLoss = _ => 2 * VarianceWeight * (Target - Math.Sqrt(Epsilon)),
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

    private static ObjectiveLoss Loss(ObjectiveInput input, TwoViews features)
    {
        (Tensor one, Tensor other) = features.Through(Head(input.Plan.Model), input.Towers.Weights); // [B, J] each
        Tensor invariance = Invariance(one, other), variance = Variance(one) + Variance(other), covariance = Covariance(one) + Covariance(other);
        return new ObjectiveLoss(
            (invariance * InvarianceWeight) + (variance * VarianceWeight) + (covariance * CovarianceWeight), invariance.detach(), variance.detach(), covariance.detach());
    }

    private static MlpHead Head(ModelPlan plan) => MlpHead.Expander("vicreg.projection", plan.Frame.Width, Widening);
}
