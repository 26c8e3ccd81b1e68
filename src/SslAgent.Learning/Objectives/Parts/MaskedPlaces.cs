using SslAgent.Domain;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>Frames of which some patches are replaced by a trained mask token, with the tower at work on all places (BEiT, section 2.3; iBOT, section 3.1).</summary>
internal static class MaskedPlaces
{
    // B batch, N patches, P numbers in a patch, M masked in all, D width of the tower.

    /// <summary>Chooses by the input's key which blocks of each frame are masked, equally many of each, row-major [M].</summary>
    public static int[] Draw(ObjectiveInput input, double share)
    {
        int masked = Math.Max(1, (int)(share * input.Plan.Model.Patches));
        return BlockDraw.Split((int)PatchFilling.FramesOf(input).shape[0], input.Plan.Model.Grid, masked, input.Key.With(ChanceStream.Masking, input.Key.Part)).Hidden;
    }

    /// <summary>All patches of all frames, fp32 [B·N, P].</summary>
    public static Tensor Patches(ObjectiveInput input) => input.Towers.Vision.Patchify(PatchFilling.FramesOf(input)).flatten(0, 1);

    /// <summary>What the tower makes of the masked places, fp32 [M, D].</summary>
    /// <param name="patches">fp32 [B·N, P].</param>
    /// <param name="token">Name of the mask token.</param>
    public static Tensor Encode(ObjectiveInput input, int[] masked, Tensor patches, string token)
    {
        ModelPlan plan = input.Plan.Model;
        VisionTower tower = input.Towers.Vision;
        long batch = patches.shape[0] / plan.Patches;
        Tensor rows = PatchFilling.RowIndex(masked, input); // [M]
        Tensor embedded = tower.Embed(patches.view(batch, plan.Patches, plan.PatchValues)).view(batch * plan.Patches, plan.Frame.Width); // [B·N, D]
        Tensor mask = input.Towers.Weights[token].to_type(ScalarType.Float32).expand(masked.Length, plan.Frame.Width); // [M, D]
        Tensor tokens = embedded.index_copy(0, rows.to_type(ScalarType.Int64), mask).view(batch, plan.Patches, plan.Frame.Width);
        return tower.Transform(tokens + tower.Positions.unsqueeze(0), all => all.index_select(0, rows));
    }
}
