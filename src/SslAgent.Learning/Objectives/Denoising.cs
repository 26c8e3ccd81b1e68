using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Denoising autoencoder. Vincent et al., "Extracting and Composing Robust Features with Denoising Autoencoders" (ICML 2008), section 2.3, equation 5: the clean frame is predicted from a corrupted one. Corrupted by
/// what the paper destroys, a share of the input set to 0, and by the Gaussian noise of the longer account (Vincent et al., "Stacked Denoising Autoencoders", JMLR 2010, section 3.3).
/// </summary>
/// <remarks>
/// Written from the papers. We differ: the input falls out in whole patches, a quarter of them (the paper tries 10, 25 and 40 % of the numbers), since single numbers are told by their neighbours; noise of half a
/// deviation of the normalised pixels is on the rest; the encoder is the tower, trained as a whole and not layer by layer, the decoder one linear layer as in the paper, its weights its own; the loss is the squared error of
/// all pixels. Trivial loss: what the best line from a corrupted number to its clean one leaves, over this very batch: copying the input and giving the mean are among them.
/// </remarks>
internal static class Denoising
{
    // B batch, N patches, P numbers in a patch, D width of the tower.
    public const string Section = "denoising";

    private static readonly Knob
        DroppedShare = new("dropped", 0.25, 0.01, 0.9, "share of a frame's patches that falls out", "the 2008 paper tries 0.1, 0.25 and 0.4 of the numbers"),
        NoiseDeviation = new("noise", 0.5, 0, 10, "deviation of the noise, in deviations of the normalised pixels", "the 2010 paper tries several");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([DroppedShare, NoiseDeviation], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Denoising,
        About = new(
            "frames: takes noise and holes out of whole frames; features for streams that are noisy themselves",
            "one pass over whole frames and a single linear layer",
            "Vincent et al., Extracting and Composing Robust Features with Denoising Autoencoders, 2008, section 2.3, equation 5"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Sections = [VisionTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, TransformerStack.DeclareLinear("denoising.predict", plan.PatchValues, plan.Frame.Width))],
        Loss = input => Loss(input, Corrupt(input, knobs[DroppedShare], knobs[NoiseDeviation])),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [PatchFilling.PoolKept(Encode(input, Corrupt(input, knobs[DroppedShare], knobs[NoiseDeviation])), input)],
        VouchesForFeatures = true,
        TrivialLoss = input => TrivialLoss(input, Corrupt(input, knobs[DroppedShare], knobs[NoiseDeviation])),
    };

    /// <summary>The loss where it is known what the tower sees.</summary>
    /// <param name="corrupted">Patches, fp32 [B, N, P].</param>
    public static ObjectiveLoss Loss(ObjectiveInput input, Tensor corrupted)
    {
        Weights weights = input.Towers.Weights;
        Tensor codes = Encode(input, corrupted); // [B·N, D]
        Tensor predicted = Numerics.Linear(codes.to_type(weights.Dtype), weights, "denoising.predict").to_type(ScalarType.Float32); // [B·N, P]
        return new ObjectiveLoss((predicted.view(corrupted.shape) - Clean(input)).square().mean()) { Features = () => [PatchFilling.PoolKept(codes, input)] };
    }

    /// <summary>The input's frames with noise and holes by its key, as patches, fp32 [B, N, P].</summary>
    /// <param name="droppedShare">Of the patches; at least one falls out.</param>
    /// <param name="deviation">Of the noise.</param>
    public static Tensor Corrupt(ObjectiveInput input, double droppedShare, double deviation)
    {
        Tensor clean = Clean(input);
        int batch = (int)clean.shape[0], patches = input.Plan.Model.Patches, dropped = Math.Max(1, (int)(droppedShare * patches));
        (_, int[] holes) = MaskDraw.Split(batch, patches, patches - dropped, input.Key.With(ChanceStream.Masking, input.Key.Part));
        var present = new float[batch * patches];
        Array.Fill(present, 1);
        for (var i = 0; i < holes.Length; i++) present[(i / dropped * patches) + holes[i]] = 0;
        // Drawn on the host: every device sees the same noise.
        using var chance = new Generator((ulong)input.Key.With(ChanceStream.Dropout, input.Key.Part).Seed63());
        Tensor noise = randn(clean.shape, generator: chance).to(clean.device); // [B, N, P]
        return (clean + (noise * deviation)) * tensor(present, device: clean.device).view(batch, patches, 1);
    }

    /// <summary>What is left of the numbers' variance where a line through what is seen of them tells the most.</summary>
    public static double TrivialLoss(ObjectiveInput input, Tensor corrupted)
    {
        Tensor clean = Clean(input), x = clean - clean.mean(), y = corrupted - corrupted.mean();
        Tensor together = (x * y).mean(), left = x.square().mean() - (together.square() / y.square().mean());
        return left.cpu().item<float>();
    }

    private static Tensor Clean(ObjectiveInput input) => input.Towers.Vision.Patchify(PatchFilling.FramesOf(input)); // [B, N, P]

    private static Tensor Encode(ObjectiveInput input, Tensor corrupted) => input.Towers.Vision.Encode(corrupted, input.Towers.Vision.Positions.unsqueeze(0)); // [B·N, D]
}
