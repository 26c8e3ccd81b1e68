using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Contrast with adversarial positives. Ho and Vasconcelos, "Contrastive Learning with Adversarial Examples" (NeurIPS 2020), section 3: beside SimCLR's contrast the same again, the second view replaced by the worst
/// one near it, a step of ε in every pixel along the sign of the loss's own gradient (Goodfellow et al. 2015).
/// </summary>
/// <remarks>
/// Written from the paper. We differ in what <see cref="SimClr"/> does; and both losses count half; normalisations are not kept apart for the two kinds of views; ε is 8/255 of a pixel's range, customary for small pictures, and
/// what leaves the range is cut off. Probes ask without the adversary, so that their losses compare. Trivial loss: ln(2B - 1), what indifferent scores get, and a collapsed network.
/// </remarks>
internal static class SimClrAdversarial
{
    // B batch, D width of the tower, J width of the head's output, S side of a view.
    public const string Section = "simclr_adversarial";

    private const int OutputWidth = 128;

    private static readonly Knob
        Temperature = Knob.Temperature(0.5, "SimCLR, appendix B.9, CIFAR-10"),
        Epsilon = new("epsilon", 8.0 / 255, 0, 0.5, "how far the adversary may move a value, in shares of a pixel's range", "customary for small pictures (8/255); the paper tries several");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Temperature, Epsilon], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new TwoViewObjective
    {
        Name = ObjectiveNames.SimClrAdversarial,
        About = new(
            "frames: as simclr, and also against the worst view near the second one; features that small changes of pixels do not move",
            "six passes over whole frames, two of them backward, where simclr has two",
            "Ho and Vasconcelos, Contrastive Learning with Adversarial Examples, 2020, section 3"),
        Views = _ => ViewPresets.SimClrSmall,
        Heads = [Section],
        Declare = plan => [new SectionSpec(Section, [.. Head(plan).Declare()])],
        TermNames = ["adversarial"],
        ViewLosses = (input, features) => Losses(input, features, knobs),
        ProbeViewLosses = (input, features) => Clean(input, features, knobs[Temperature]),
        TrivialLoss = input => Math.Log((2 * input.View(0).shape[0]) - 1),
    }.ToDefinition();

    /// <summary>The second view's worst neighbour: every value moved by <paramref name="epsilon"/> to where the loss rises, within the range of pixels; normalised, without a gradient, fp32 [B, 3, S, S].</summary>
    /// <param name="epsilon">In shares of a pixel's range.</param>
    public static Tensor WorstView(ObjectiveInput input, double epsilon, double temperature)
    {
        Tensor slope;
        Tensor view = input.View(1).detach().clone();
        using (enable_grad())
        {
            view.requires_grad = true;
            Tensor loss = Clean(input, TwoViews.Pool(input with { Views = [input.View(0), view] }), temperature).sum();
            slope = autograd.grad([loss], [view])[0]; // [B, 3, S, S]
        }

        NormalizationPlan plan = input.Plan.Normalization;
        Tensor step = PerChannel(input, channel => epsilon / plan.Std[channel]); // [1, 3, 1, 1]
        Tensor least = PerChannel(input, channel => -plan.Mean[channel] / plan.Std[channel]), most = PerChannel(input, channel => (1 - plan.Mean[channel]) / plan.Std[channel]);
        return (view.detach() + (slope.sign() * step)).maximum(least).minimum(most);
    }

    private static ViewLosses Losses(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        double temperature = knobs[Temperature];
        Tensor worst = Clean(input, TwoViews.Pool(input with { Views = [input.View(0), WorstView(input, knobs[Epsilon], temperature)] }), temperature); // [2B]
        return new ViewLosses((Clean(input, features, temperature) + worst) * 0.5, worst.detach().mean());
    }

    /// <summary>SimCLR's loss, fp32 [2B].</summary>
    private static Tensor Clean(ObjectiveInput input, TwoViews features, double temperature)
    {
        var projected = new TwoViews(Head(input.Plan.Model).Forward(features.Both, input.Towers.Weights)); // [2B, J]
        return SimClr.NtXent(projected.One, projected.Other, temperature);
    }

    private static Tensor PerChannel(ObjectiveInput input, Func<int, double> value) =>
        tensor(Enumerable.Range(0, ModelPlan.Channels).Select(channel => (float)value(channel)).ToArray(), device: input.Device).view(1, ModelPlan.Channels, 1, 1);

    private static MlpHead Head(ModelPlan plan) => new("simclr_adversarial.projection", [plan.Frame.Width, plan.Frame.Width, OutputWidth], normalizesOutput: false);
}
