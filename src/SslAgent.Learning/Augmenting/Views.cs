using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// Views of a batch of pictures: all that is random is drawn on the host from the key, so that every device makes the same views; all that is computed is computed for the batch. Values stay
/// in [0, 1]; whoever trains on views normalises them. The views are new tensors in the caller's scope, the pictures stay as they are.
/// </summary>
public static class Views
{
    // B batch, Y and X the pictures' sides, S a view's side.

    /// <param name="pixels">fp32 [B, 3, Y, X] in [0, 1].</param>
    /// <param name="plans">A plan for every view, see <see cref="ViewPresets"/>.</param>
    /// <param name="side">Side of the views whose plan has none.</param>
    /// <returns>A view for every plan, fp32 [B, 3, S, S] in [0, 1].</returns>
    public static IReadOnlyList<Tensor> Draw(Tensor pixels, IReadOnlyList<ViewPlan> plans, int side, DrawKey key)
    {
        Check.NotNull(pixels, "views are drawn of pictures");
        Check.NotNull(plans, "views are drawn by plans");
        Shape.Require(pixels, "pixels", pixels.shape[0], ModelPlan.Channels, pixels.shape[2], pixels.shape[3]);
        return [.. plans.Select((plan, view) => DrawOne(pixels, plan, plan.Side ?? side, key, view))];
    }

    /// <param name="view">The plan's place among a picture's plans.</param>
    internal static Tensor DrawOne(Tensor pixels, ViewPlan plan, int side, DrawKey key, int view)
    {
        using var scope = NewDisposeScope();
        RandomCrop.Box[] boxes = ResizedCrop.Draw(
            (int)pixels.shape[0], (int)pixels.shape[3], (int)pixels.shape[2], plan.Crop, plan.Flip, Key(ViewStep.Crop), Key(ViewStep.Flip));
        Tensor drawn = ResizedCrop.Apply(pixels, side, boxes); // [B, 3, S, S], its own: the steps below write to it.
        if (plan.Jitter is { } jitter) ColorJitter.Change(drawn, jitter, Key(ViewStep.Jitter));
        Grayscale.Change(drawn, plan.Grayscale, Key(ViewStep.Grayscale));
        if (plan.Blur is { } blur) GaussianBlur.Change(drawn, blur, Key(ViewStep.Blur));
        Solarization.Change(drawn, plan.Solarize, Key(ViewStep.Solarize));
        return drawn.MoveToOuterDisposeScope();

        DrawKey Key(ViewStep step) => ViewKeys.Of(key, view, step);
    }
}
