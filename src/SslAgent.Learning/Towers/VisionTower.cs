using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Towers;

/// <summary>
/// The frame tower: a Vision Transformer (Dosovitskiy et al. 2021) without class token; a frame's feature is the mean over its patches.
/// Owned by its tower set.
/// </summary>
internal sealed class VisionTower(ModelPlan plan, Weights weights, Tensor positions)
{
    // B batch, N patches, K kept patches, P numbers in a patch, D width.
    public const string Section = "vision";

    private readonly TransformerStack _stack = new(plan.Frame, weights, Section);

    /// <summary>Fixed, fp32 [N, D].</summary>
    public Tensor Positions { get; } = positions;

    public static SectionSpec Declare(ModelPlan plan) => new(
        Section,
        [
            .. TransformerStack.DeclareLinear("vision.patch", plan.Frame.Width, plan.PatchValues),
            .. TransformerStack.Declare(plan.Frame, Section),
        ]);

    /// <summary>Cuts normalised frames fp32 [B, 3, S, S] into patches fp32 [B, N, P], pixels row-major with channels innermost.</summary>
    public Tensor Patchify(Tensor frames)
    {
        long batch = frames.shape[0], grid = plan.Grid, side = plan.PatchSize;
        Shape.Require(frames, "frames", batch, ModelPlan.Channels, plan.ImageSize, plan.ImageSize);
        return frames.view(batch, ModelPlan.Channels, grid, side, grid, side)
            .permute(0, 2, 4, 3, 5, 1) // [B, grid, grid, side, side, 3]
            .reshape(batch, plan.Patches, plan.PatchValues); // [B, N, P]
    }

    /// <summary>Encodes some patches of each frame.</summary>
    /// <param name="patches">[B, K, P] fp32.</param>
    /// <param name="positions">Their places, rows of <see cref="Positions"/> [B, K, D] or, the same for all frames, [1, K, D].</param>
    /// <returns>Features fp32 [B·K, D].</returns>
    public Tensor Encode(Tensor patches, Tensor positions) => Transform(Embed(patches) + positions);

    /// <summary>What stands for a patch before it has met others: fp32 [B, K, P] → tokens fp32 [B, K, D], without their places.</summary>
    public Tensor Embed(Tensor patches)
    {
        long batch = patches.shape[0], kept = patches.shape[1];
        Shape.Require(patches, "patches", batch, kept, plan.PatchValues);
        Tensor flat = patches.reshape(batch * kept, plan.PatchValues).to_type(weights.Dtype);
        return Numerics.Linear(flat, weights, "vision.patch").to_type(ScalarType.Float32).view(batch, kept, plan.Frame.Width); // [B, K, D]
    }

    /// <summary>Tokens with their places added, fp32 [B, K, D] → features fp32 [B·K, D]; or of wanted rows only.</summary>
    /// <param name="wanted">As in <see cref="TransformerStack.Forward"/>.</param>
    public Tensor Transform(Tensor tokens, Func<Tensor, Tensor>? wanted = null)
    {
        long batch = tokens.shape[0], kept = tokens.shape[1];
        return _stack.Forward(tokens.view(batch * kept, plan.Frame.Width), batch, kept, hidden: null, wanted);
    }

    /// <summary>Whole frames fp32 [B, 3, S, S] → mean features fp32 [B, D].</summary>
    public Tensor Pool(Tensor frames)
    {
        long batch = frames.shape[0];
        Tensor features = Encode(Patchify(frames), Positions.unsqueeze(0)); // [B·N, D]
        return features.view(batch, plan.Patches, plan.Frame.Width).mean([1]); // [B, D]
    }
}
