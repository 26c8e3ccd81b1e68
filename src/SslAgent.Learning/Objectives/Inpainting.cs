using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Towers;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Whole regions are filled in from what is around them. Pathak et al., "Context Encoders: Feature Learning by Inpainting" (CVPR 2016), section 3.2, equation 1, and section 3.3 (random blocks): scattered hidden pixels can be guessed from
/// their neighbours, a missing region asks what is in the picture.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: the encoder is MAE's, which sees the kept patches only, and the decoder a light Transformer; pixels of a hidden patch are normalised by its own mean and deviation; there is no
/// adversarial loss (equation 2), which sharpens pictures and does not serve features; blocks are made as BEiT makes them, and hide half of the frame, what He et al. 2021 (MAE), table 1f, find blocks to be good for
/// (at most a quarter in the paper). Trivial loss: the mean normalised patch of each position.
/// </remarks>
internal static class Inpainting
{
    // B batch, K kept patches, M hidden ones.
    public const string Section = "inpainting";

    private static readonly Knob HiddenShare = new("maskRatio", 0.5, 0.05, 0.9, "share of a frame that blocks hide", "He et al. 2021 (MAE), table 1f; a quarter in the paper");

    private static readonly PatchFilling Filling = new(Section);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([HiddenShare], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Inpainting,
        About = new(
            "frames: hides whole regions and learns to fill them in; harder than mae's scattered patches, asks for what is there rather than for texture",
            "the tower sees half of the patches, with a light decoder over all",
            "Pathak et al., Context Encoders: Feature Learning by Inpainting, 2016, section 3.2, equation 1, and section 3.3"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Sections = [VisionTower.Section, Section],
        Declare = plan => [Filling.Declare(plan)],
        Loss = input => Loss(input, Hide(input, knobs[HiddenShare])),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [PatchFilling.PoolKept(input, Hide(input, knobs[HiddenShare]).Kept)],
        VouchesForFeatures = true,
        TrivialLoss = PatchFilling.TrivialLoss,
    };

    /// <summary>The loss where it is known which patches are kept and hidden.</summary>
    public static ObjectiveLoss Loss(ObjectiveInput input, (int[] Kept, int[] Hidden) masks) => Filling.Loss(input, masks);

    /// <summary>Chooses by the input's key which blocks of each frame are hidden, row-major [B·K] and [B·M].</summary>
    public static (int[] Kept, int[] Hidden) Hide(ObjectiveInput input, double share)
    {
        int hidden = Math.Max(1, (int)(share * input.Plan.Model.Patches));
        return BlockDraw.Split((int)PatchFilling.FramesOf(input).shape[0], input.Plan.Model.Grid, hidden, input.Key.With(ChanceStream.Masking, input.Key.Part));
    }
}
