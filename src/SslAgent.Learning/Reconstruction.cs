using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning;

/// <summary>One frame as the network saw it and as it imagined the rest, all at the network's size.</summary>
/// <param name="Masked">Hidden patches grey.</param>
/// <param name="Reconstructed">Hidden patches as predicted, the others as they are.</param>
public sealed record ReconstructedFrame(Frame Original, Frame Masked, Frame Reconstructed);

/// <summary>MAE's predictions as pictures, for people. Predicted patches get back the mean and deviation that the target had, as in the paper's figures.</summary>
internal static class Reconstruction
{
    public static ReconstructedFrame[] Of(IReadOnlyList<Frame> frames, LearnerPlan plan, TowerSet towers, DrawKey key)
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        ModelPlan model = plan.Model;
        Tensor pixels = InputBuilder.WholeFrames(frames, model, plan.Normalization, towers.Weights.Device);
        var input = new ObjectiveInput(towers, plan, pixels, null, 0, key, null);
        PatchFilling.Prediction prediction = Mae.Predict(input, Mae.Hide(input));
        long batch = frames.Count, hidden = prediction.Hidden.Length / batch;
        Tensor rows = tensor(
            prediction.Hidden.Select((patch, index) => index / hidden * model.Patches + patch).ToArray(), device: towers.Weights.Device); // [B·M]
        Tensor truth = prediction.Patches.index_select(0, rows); // [B·M, P]
        Tensor deviation = (truth.var(1, unbiased: true, keepdim: true) + PatchFilling.VarianceEpsilon).sqrt();
        Tensor imagined = prediction.Predicted * deviation + truth.mean([1], keepdim: true);
        Tensor masked = prediction.Patches.index_copy(0, rows, zeros_like(imagined));
        Tensor whole = prediction.Patches.index_copy(0, rows, imagined);
        Frame[] originals = FrameTensors.ToFrames(pixels, plan.Normalization);
        Frame[] maskedFrames = FrameTensors.ToFrames(Unpatchify(masked, model), plan.Normalization);
        Frame[] wholeFrames = FrameTensors.ToFrames(Unpatchify(whole, model), plan.Normalization);
        return [.. originals.Select((original, index) => new ReconstructedFrame(original, maskedFrames[index], wholeFrames[index]))];
    }

    /// <summary>[B·N, P] → [B, 3, S, S].</summary>
    private static Tensor Unpatchify(Tensor patches, ModelPlan model)
    {
        long grid = model.Grid, side = model.PatchSize, batch = patches.shape[0] / model.Patches;
        return patches.view(batch, grid, grid, side, side, ModelPlan.Channels)
            .permute(0, 5, 1, 3, 2, 4)
            .reshape(batch, ModelPlan.Channels, model.ImageSize, model.ImageSize);
    }
}
