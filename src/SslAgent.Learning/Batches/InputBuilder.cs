using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.Text;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Batches;

/// <summary>From drawn samples to what an objective reads: pixels packed, cropped, normalised; texts encoded.</summary>
internal static class InputBuilder
{
    /// <summary>A training batch as the objective wants it: views of the frames where it asks for some.</summary>
    /// <param name="limits">What its views are held against; null where they are not checked.</param>
    public static ObjectiveInput ForTraining(
        Batch batch, ObjectiveDefinition objective, LearnerPlan plan, TowerSet towers, ITokenizer? tokenizer, Weights? state, DrawKey key, ViewLimits? limits = null) =>
        objective.Views is { } views ? WithViews(batch, views(plan.Model), plan, towers, state, key, limits) : ForTraining(batch, plan, towers, tokenizer, state, key);

    /// <summary>A probe's batch as the objective wants it: the same views at every version, since they go by the probe's key.</summary>
    public static ObjectiveInput ForProbing(
        Batch batch, ObjectiveDefinition objective, LearnerPlan plan, TowerSet towers, ITokenizer? tokenizer, Weights? state, DrawKey key) =>
        objective.Views is { } views ? WithViews(batch, views(plan.Model), plan, towers, state, key, limits: null) : ForProbing(batch, plan, towers, tokenizer, state, key);

    /// <summary>A training batch: frames are cropped and mirrored by the key.</summary>
    public static ObjectiveInput ForTraining(Batch batch, LearnerPlan plan, TowerSet towers, ITokenizer? tokenizer, Weights? state, DrawKey key)
    {
        Tensor? frames = batch.Frames.Count == 0 ? null : Augment(batch, plan, towers.Weights.Device, key.With(ChanceStream.Augmentation, key.Part));
        return new ObjectiveInput(towers, plan, frames, Encode(batch, plan, tokenizer), tokenizer?.VocabularySize ?? 0, key, state) { WindowFrames = batch.WindowFrames };
    }

    /// <summary>A probe's batch: whole frames.</summary>
    public static ObjectiveInput ForProbing(Batch batch, LearnerPlan plan, TowerSet towers, ITokenizer? tokenizer, Weights? state, DrawKey key)
    {
        Tensor? frames = batch.Frames.Count == 0 ? null : WholeFrames(batch.Frames, plan.Model, plan.Normalization, towers.Weights.Device);
        return new ObjectiveInput(towers, plan, frames, Encode(batch, plan, tokenizer), tokenizer?.VocabularySize ?? 0, key, state) { WindowFrames = batch.WindowFrames };
    }

    /// <summary>Frames at the network's size, normalised, fp32 [B, 3, S, S].</summary>
    public static Tensor WholeFrames(IReadOnlyList<Frame> frames, ModelPlan model, NormalizationPlan normalization, Device device)
    {
        Tensor pixels = FrameTensors.Resize(FrameTensors.Pack(frames, model.ImageSize, device), model.ImageSize);
        return FrameTensors.Normalize(pixels, normalization);
    }

    private static ObjectiveInput WithViews(
        Batch batch, IReadOnlyList<ViewPlan> views, LearnerPlan plan, TowerSet towers, Weights? state, DrawKey key, ViewLimits? limits)
    {
        Tensor pixels = FrameTensors.ToShares(FrameTensors.Pack(batch.Frames, plan.Model.ImageSize, towers.Weights.Device));
        DrawKey chance = key.With(ChanceStream.Augmentation, key.Part);
        (IReadOnlyList<Tensor> drawn, ViewRejections? rejections) = limits is null
            ? (Views.Draw(pixels, views, plan.Model.ImageSize, chance), null)
            : CheckedViews.Draw(pixels, views, plan.Model.ImageSize, chance, limits.Checks, limits.DrawsMax);
        return new ObjectiveInput(towers, plan, Frames: null, Texts: null, 0, key, state)
        {
            Rejections = rejections,
            Views = [.. drawn.Select(view => FrameTensors.NormalizeShares(view, plan.Normalization))],
        };
    }

    private static Tensor Augment(Batch batch, LearnerPlan plan, Device device, DrawKey key)
    {
        bool paired = batch.Modality == Modality.Pair;
        double areaMin = paired ? plan.Augmentation.PairCropAreaMin : plan.Augmentation.CropAreaMin;
        Tensor pixels = FrameTensors.Pack(batch.Frames, plan.Model.ImageSize, device);
        // Windows are cropped alike, all of a batch: else to tell two of them apart it would be enough to see the crop.
        Tensor cropped = RandomCrop.Apply(pixels, plan.Model.ImageSize, areaMin, plan.Augmentation.Flip && !paired, key, batch.WindowFrames == 1 ? 1 : batch.Count);
        Tensor normalized = FrameTensors.Normalize(cropped, plan.Normalization);
        bool mixed = plan.Regularization.MixUp > 0 && !paired && batch.WindowFrames == 1; // Two mixed windows would be of no time at all.
        return mixed ? MixUp.Apply(normalized, plan.Regularization.MixUp, key.With(ChanceStream.MixUp, key.Part)) : normalized;
    }

    private static TokenBatch? Encode(Batch batch, LearnerPlan plan, ITokenizer? tokenizer)
    {
        bool isUnread = batch.Texts.Count == 0 || (batch.WindowFrames > 1 && tokenizer is null); // What stands beside a window's frames may wait.
        return isUnread ? null : TokenBatch.Encode(Check.NotNull(tokenizer, "texts wait for the tokenizer"), batch.Texts, plan.Model.TextTokens);
    }
}
