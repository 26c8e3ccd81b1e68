using SslAgent.Domain;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// What masked autoencoding and its kin share: the tower sees the kept patches only, a light decoder sees their codes and mask tokens, the loss is the squared error of hidden patches
/// normalised by their own mean and deviation. Which patches are hidden is the objective's own. Immutable.
/// </summary>
/// <param name="section">The decoder's section, and where its parameters' names begin.</param>
internal sealed class PatchFilling(string section)
{
    // B batch, N patches, K kept, M = N - K hidden, P numbers in a patch, D encoder width.

    /// <summary>Keeps the division by a flat patch's deviation finite, as in MAE's reference implementation.</summary>
    public const double VarianceEpsilon = 1e-6;

    private readonly LightDecoder _decoder = new(section);

    /// <summary>What was hidden, and what the decoder makes of it.</summary>
    /// <param name="Hidden">Numbers of the hidden patches, row-major [B·M].</param>
    /// <param name="Predicted">Their normalised pixels, fp32 [B·M, P].</param>
    /// <param name="Patches">All true patches, fp32 [B·N, P].</param>
    /// <param name="Codes">What the encoder makes of the kept patches, fp32 [B·K, D].</param>
    internal sealed record Prediction(int[] Hidden, Tensor Predicted, Tensor Patches, Tensor Codes);

    public SectionSpec Declare(ModelPlan plan) => _decoder.Declare(plan, plan.PatchValues);

    /// <summary>Mean squared error of the hidden patches, normalised, scalar.</summary>
    /// <param name="masks">Kept and hidden patches of each frame, row-major [B·K] and [B·M].</param>
    public ObjectiveLoss Loss(ObjectiveInput input, (int[] Kept, int[] Hidden) masks)
    {
        Prediction prediction = Predict(input, masks);
        Tensor target = Normalize(prediction.Patches.index_select(0, RowIndex(prediction.Hidden, input)).detach()); // [B·M, P]
        return new ObjectiveLoss((prediction.Predicted - target).square().mean()) { Features = () => [PoolKept(prediction.Codes, input)] };
    }

    /// <summary>Predicts the hidden patches from the kept ones.</summary>
    public Prediction Predict(ObjectiveInput input, (int[] Kept, int[] Hidden) masks)
    {
        (Tensor codes, Tensor patches) = EncodeKept(input, masks.Kept);
        Tensor keptAt = tensor(masks.Kept, device: input.Device), hiddenAt = tensor(masks.Hidden, device: input.Device);
        return new Prediction(masks.Hidden, _decoder.Forward(input.Towers, codes, keptAt, hiddenAt, FramesOf(input).shape[0]), patches, codes);
    }

    /// <summary>Mean code of each frame's kept patches, fp32 [B, D].</summary>
    public static Tensor PoolKept(ObjectiveInput input, int[] kept) => PoolKept(EncodeKept(input, kept).Codes, input);

    /// <summary>(patch - mean) / √(variance + ε) within each patch [R, P].</summary>
    public static Tensor Normalize(Tensor patches)
    {
        Tensor variance = patches.var(1, unbiased: true, keepdim: true); // [R, 1]
        return (patches - patches.mean([1], keepdim: true)) / (variance + VarianceEpsilon).sqrt();
    }

    /// <summary>The error of each position's mean normalised patch, the mean taken over this very batch.</summary>
    public static double TrivialLoss(ObjectiveInput input)
    {
        Tensor frames = FramesOf(input);
        ModelPlan plan = input.Plan.Model;
        long batch = frames.shape[0];
        Tensor patches = Normalize(input.Towers.Vision.Patchify(frames).view(batch * plan.Patches, plan.PatchValues));
        Tensor byPosition = patches.view(batch, plan.Patches, plan.PatchValues); // [B, N, P]
        return (byPosition - byPosition.mean([0], keepdim: true)).square().mean().cpu().item<float>();
    }

    public static Tensor FramesOf(ObjectiveInput input) => Check.NotNull(input.Frames, "who fills patches in reads frames");

    /// <summary>Patch numbers [B·K] → rows of all frames' patches [B·N], int32.</summary>
    public static Tensor RowIndex(int[] patches, ObjectiveInput input)
    {
        int batch = (int)FramesOf(input).shape[0], each = patches.Length / batch;
        var rows = new int[patches.Length];
        for (var i = 0; i < rows.Length; i++) rows[i] = i / each * input.Plan.Model.Patches + patches[i];
        return tensor(rows, device: input.Device);
    }

    /// <summary>What the encoder makes of the kept patches [B·K, D], and all true patches [B·N, P].</summary>
    public static (Tensor Codes, Tensor Patches) EncodeKept(ObjectiveInput input, int[] keptPatches)
    {
        Tensor frames = FramesOf(input);
        ModelPlan plan = input.Plan.Model;
        long batch = frames.shape[0], kept = keptPatches.Length / batch;
        Tensor patches = input.Towers.Vision.Patchify(frames).view(batch * plan.Patches, plan.PatchValues); // [B·N, P]
        Tensor seen = patches.index_select(0, RowIndex(keptPatches, input)).view(batch, kept, plan.PatchValues); // [B, K, P]
        Tensor places = input.Towers.Vision.Positions.index_select(0, tensor(keptPatches, device: input.Device)).view(batch, kept, plan.Frame.Width); // [B, K, D]
        return (input.Towers.Vision.Encode(seen, places), patches); // [B·K, D]
    }

    /// <summary>Mean of each frame's codes [B·K, D], fp32 [B, D].</summary>
    public static Tensor PoolKept(Tensor codes, ObjectiveInput input)
    {
        long batch = FramesOf(input).shape[0];
        return codes.view(batch, codes.shape[0] / batch, codes.shape[1]).mean([1]);
    }
}
