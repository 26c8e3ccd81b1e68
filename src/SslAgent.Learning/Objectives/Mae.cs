using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Towers;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Masked autoencoding of frames. He et al., "Masked Autoencoders Are Scalable Vision Learners" (2021), section 3: the encoder sees the kept patches
/// only, a light decoder sees their codes and mask tokens, the loss is the squared error of hidden patches normalised by their own mean and deviation.
/// </summary>
/// <remarks>
/// Reference implementation: facebookresearch/mae, models_mae.py. We differ: no class token (the paper's section 4.1 finds it unneeded with mean pooling);
/// the decoder's tokens are not brought back into picture order, since each carries its position and attention does not mind;
/// hence only hidden ones are predicted. Trivial loss: the mean normalised patch of each position.
/// </remarks>
internal static class Mae
{
    // B batch, K kept patches, M hidden ones.
    public const string Section = "mae";

    /// <summary>Resolved into the plan's own place for it (<see cref="Planning.MaskingPlan.PatchesKept"/>).</summary>
    public static readonly Knob MaskRatio = new("maskRatio", 0.75, 0.05, 0.95, "share of a frame's patches that is hidden; by default learning.maeMaskRatio's", "section 4.1, figure 5")
    {
        DefaultOf = plan => 1 - (plan.Masking.PatchesKept / (double)plan.Model.Patches),
    };

    private static readonly PatchFilling Filling = new(Section);

    public static ObjectiveDefinition Definition { get; } = new()
    {
        Name = ObjectiveNames.Mae,
        About = new(
            "frames: hides most patches and learns to fill them in; the steadiest start on any stream of pictures",
            "the tower sees a quarter of the patches: the cheapest of those that read frames",
            "He et al., Masked Autoencoders Are Scalable Vision Learners, 2021, section 3"),
        Knobs = [MaskRatio],
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Sections = [VisionTower.Section, Section],
        Declare = plan => [Filling.Declare(plan)],
        Loss = Loss,
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [PatchFilling.PoolKept(input, Hide(input).Kept)],
        VouchesForFeatures = true,
        TrivialLoss = PatchFilling.TrivialLoss,
    };

    public static ObjectiveLoss Loss(ObjectiveInput input) => Loss(input, Hide(input));

    /// <summary>The loss where it is known which patches are kept and hidden.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, (int[] Kept, int[] Hidden) masks) => Filling.Loss(input, masks);

    /// <summary>Chooses by the input's key which patches of each frame are kept and hidden, row-major [B·K] and [B·M].</summary>
    public static (int[] Kept, int[] Hidden) Hide(ObjectiveInput input) => MaskDraw.Split(
        (int)PatchFilling.FramesOf(input).shape[0], input.Plan.Model.Patches, input.Plan.Masking.PatchesKept, input.Key.With(ChanceStream.Masking, input.Key.Part));

    /// <summary>Predicts the hidden patches from the kept ones.</summary>
    public static PatchFilling.Prediction Predict(ObjectiveInput input, (int[] Kept, int[] Hidden) masks) => Filling.Predict(input, masks);
}
