using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Towers;

/// <summary>
/// The frame tower: a Vision Transformer (Dosovitskiy et al. 2021) without class token; a frame's feature is the mean over its patches.
/// Owned by its tower set.
/// </summary>
/// <param name="positions">Places of the patches by their number along a side, fp32 [g·g, D].</param>
internal sealed class VisionTower(ModelPlan plan, Weights weights, Func<int, Tensor> positions)
{
    // B batch, S side of a frame (the network's or another of whole patches), N patches, K kept patches, P numbers in a patch, D width.
    public const string Section = "vision";

    private readonly TransformerStack _stack = new(plan.Frame, weights, Section);

    /// <summary>Of a frame of the network's size; fixed, fp32 [N, D].</summary>
    public Tensor Positions { get; } = positions(plan.Grid);

    public static SectionSpec Declare(ModelPlan plan) => new(
        Section,
        [
            .. TransformerStack.DeclareLinear("vision.patch", plan.Frame.Width, plan.PatchValues),
            .. TransformerStack.Declare(plan.Frame, Section),
        ]);

    /// <summary>Cuts normalised frames fp32 [B, 3, S, S] into patches fp32 [B, N, P], pixels row-major with channels innermost.</summary>
    public Tensor Patchify(Tensor frames)
    {
        long batch = frames.shape[0], side = plan.PatchSize, grid = frames.shape[3] / side;
        Shape.Require(frames, "frames", batch, ModelPlan.Channels, grid * side, grid * side);
        return frames.view(batch, ModelPlan.Channels, grid, side, grid, side)
            .permute(0, 2, 4, 3, 5, 1) // [B, grid, grid, side, side, 3]
            .reshape(batch, grid * grid, plan.PatchValues); // [B, N, P]
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

    /// <summary>Whole frames fp32 [B, 3, S, S] → mean features fp32 [B, D]. Frames of another side have their patches' places scaled to it, as if the picture had shrunk.</summary>
    public Tensor Pool(Tensor frames)
    {
        long batch = frames.shape[0];
        var grid = (int)(frames.shape[3] / plan.PatchSize);
        Tensor features = Encode(Patchify(frames), positions(grid).unsqueeze(0)); // [B·N, D]
        return features.view(batch, grid * grid, plan.Frame.Width).mean([1]); // [B, D]
    }
}
