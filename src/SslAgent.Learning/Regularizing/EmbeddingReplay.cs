using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Probing;
using static TorchSharp.torch;

namespace SslAgent.Learning.Regularizing;

/// <summary>
/// Dark experience replay in embedding space. Buzzega et al., "Dark Experience for General Continual Learning: a Strong, Simple Baseline" (DER, NeurIPS 2020), section 3.2,
/// equation 5: what is replayed comes with what the model made of it when it was put into the buffer, and the model is held to that.
/// </summary>
/// <remarks>
/// Reference implementation: aimagelab/mammoth. We differ: there are no labels and so no logits, what is stored is the direction of a sample's mean feature under the replay
/// buffer's projection (64 numbers); it follows the model slowly (the buffer embeds its samples anew from time to time and averages), so the hold is on the recent past and not
/// on the first moment; the distance is 1 less the cosine, between 0 and 2; a quarter of a batch at most is held. Pairs are left alone, since their direction is of both halves, and so are objectives
/// on views, which change a frame more than anybody could remember.
/// </remarks>
internal static class EmbeddingReplay
{
    // R remembered rows, D width of the tower, W width of a direction.
    public const string TermName = "recollection";

    /// <summary>The objective with the hold beside its loss; itself where its samples have no direction of their own.</summary>
    public static ObjectiveDefinition Beside(ObjectiveDefinition objective, ModelPlan plan, double weight)
    {
        if (objective.Modality == Modality.Pair || objective.Views is not null) return objective;
        float[] signs = objective.Modality == Modality.Frame ? SampleEmbedder.FrameSigns(plan) : SampleEmbedder.TextSigns(plan);
        return objective with
        {
            TermNames = [.. objective.TermNames, TermName],
            Loss = input => Add(objective, input, signs, weight),
        };
    }

    /// <summary>Mean of 1 less the cosine, scalar.</summary>
    /// <param name="features">fp32 [R, D].</param>
    /// <param name="signs">The projection, fp32 [D, W].</param>
    /// <param name="directions">fp32 [R, W], of any length.</param>
    public static Tensor Distance(Tensor features, Tensor signs, Tensor directions)
    {
        Tensor now = nn.functional.normalize(features.mm(signs), dim: 1); // [R, W]
        Tensor then = nn.functional.normalize(directions, dim: 1); // [R, W]
        return 1 - (now * then).sum(1).mean();
    }

    private static ObjectiveLoss Add(ObjectiveDefinition objective, ObjectiveInput input, float[] signs, double weight)
    {
        ObjectiveLoss loss = objective.Loss(input);
        if (input.Recollection is not { } recollection) return loss with { Terms = [.. loss.Terms, zeros_like(loss.Loss.detach())] };
        Tensor features = Pool(objective, input, recollection.Rows); // [R, D]
        Tensor distance = Distance(
            features, tensor(signs, device: input.Device).view(features.shape[1], SampleEmbedder.Width),
            tensor(recollection.Directions, device: input.Device).view(recollection.Rows.Length, SampleEmbedder.Width));
        Tensor penalty = distance * weight;
        return loss with { Terms = [.. loss.Terms, distance.detach()], Penalty = loss.Penalty is { } other ? other + penalty : penalty };
    }

    private static Tensor Pool(ObjectiveDefinition objective, ObjectiveInput input, int[] rows) => objective.Modality == Modality.Frame
        ? input.Towers.Vision.Pool(Check.NotNull(input.Frames, "frames have pictures").index_select(0, tensor(rows, device: input.Device)))
        : input.Towers.Text.Pool(new TokenTensors(Check.NotNull(input.Texts, "texts have tokens").Select(rows), input.Device));
}
