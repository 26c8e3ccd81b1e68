using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Prediction in the space of features. Assran et al., "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture" (I-JEPA, CVPR 2023), section 3: from the codes of a context block a predictor says what
/// a slow copy of the encoder, which sees the whole frame, makes of the patches of other blocks; the loss is the squared distance.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: targets are normalised within each patch's feature, so that the loss does not depend on their scale; the loss is a mean over the numbers of a feature and not their sum; the predictor has the
/// shape of the plan's decoder (6 to 16 layers, 384 wide, in appendix A: as narrow beside its encoders); the target's decay is 0.996 for good (from there to 1 in appendix A), since a stream has no last step; masks as <see cref="ContextDraw"/> says. Trivial
/// loss: the mean target of each position, over this very batch. A collapsed network gets 0, and so does its trivial one: this loss does not tell, the guard's collapse policy does.
/// </remarks>
internal static class IJepa
{
    // B batch, N patches, K in the context, T target blocks of M patches, D width of the tower.
    public const string Section = "i_jepa";

    /// <summary>Blocks that are predicted of each frame, each by itself (section 3).</summary>
    public const int Blocks = 4;

    private static readonly Knob Momentum = Knob.Momentum(0.996, "appendix A, at the beginning");

    private static readonly LightDecoder Predictor = new(Section);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Momentum], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.IJepa,
        About = new(
            "frames: predicts what a slow copy of the network makes of hidden blocks, features and not pixels; without augmentations",
            "the tower sees a part of the patches, the slow copy all; the tower once more in memory and in every version",
            "Assran et al., Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture, 2023, section 3"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Sections = [VisionTower.Section, Section],
        Declare = plan => [Predictor.Declare(plan, plan.Frame.Width)],
        DeclareState = plan => Target(plan).DeclareState(),
        Loss = input => Loss(input, Hide(input)),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [PatchFilling.PoolKept(input, Hide(input).Context)],
        TrivialLoss = TrivialLoss,
        AfterStep = taken => Target(taken.Plan.Model).Follow(taken.Parameters, taken.RequireState(), knobs[Momentum], taken.StepsBefore(Section)),
    };

    /// <summary>The loss where contexts and targets are known.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, ContextMask mask)
    {
        (Tensor codes, _) = PatchFilling.EncodeKept(input, mask.Context); // [B·K, D]
        long batch = PatchFilling.FramesOf(input).shape[0];
        Tensor contextAt = tensor(mask.Context, device: input.Device), askedAt = tensor(mask.Targets, device: input.Device);
        Tensor predicted = Predictor.Forward(input.Towers, codes.repeat(Blocks, 1), contextAt.repeat(Blocks), askedAt, Blocks * batch); // [T·B·M, D]
        Tensor targets = Targets(input).index_select(0, tensor(RowsOf(mask.Targets, (int)batch, input.Plan.Model.Patches), device: input.Device)); // [T·B·M, D]
        return new ObjectiveLoss((predicted - targets).square().mean()) { Features = () => [PatchFilling.PoolKept(codes, input)] };
    }

    /// <summary>Chooses contexts and targets by the input's key.</summary>
    public static ContextMask Hide(ObjectiveInput input) => ContextDraw.Draw(
        (int)PatchFilling.FramesOf(input).shape[0], input.Plan.Model.Grid, Blocks, input.Key.With(ChanceStream.Masking, input.Key.Part));

    /// <summary>What the slow copy makes of every patch, each feature normalised, without a gradient, fp32 [B·N, D].</summary>
    public static Tensor Targets(ObjectiveInput input)
    {
        using IDisposable noGradients = no_grad();
        ModelPlan plan = input.Plan.Model;
        using Weights weights = Target(plan).Open(input.RequireState(), input.Towers.Weights.Dtype);
        using var towers = new TowerSet(plan, weights);
        Tensor patches = towers.Vision.Patchify(PatchFilling.FramesOf(input)); // [B, N, P]
        Tensor features = towers.Vision.Encode(patches, towers.Vision.Positions.unsqueeze(0)); // [B·N, D]
        return nn.functional.layer_norm(features, [plan.Frame.Width], eps: Numerics.LayerNormEpsilon);
    }

    /// <summary>Patch numbers, all frames of one block after another → rows of all frames' patches [B·N].</summary>
    private static int[] RowsOf(int[] targets, int batch, int patches)
    {
        int each = targets.Length / (Blocks * batch);
        return [.. targets.Select((patch, index) => (index / each % batch * patches) + patch)];
    }

    private static double TrivialLoss(ObjectiveInput input)
    {
        Tensor byPosition = Targets(input).view(PatchFilling.FramesOf(input).shape[0], input.Plan.Model.Patches, input.Plan.Model.Frame.Width); // [B, N, D]
        return (byPosition - byPosition.mean([0], keepdim: true)).square().mean().cpu().item<float>();
    }

    private static SlowCopy Target(ModelPlan plan) => new("i_jepa.target", [VisionTower.Declare(plan)]);
}
