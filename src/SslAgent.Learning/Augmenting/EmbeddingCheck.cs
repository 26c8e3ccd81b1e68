using SslAgent.Learning.Batches;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// Holds a view against its picture by what the network makes of both: one whose mean feature lies too far from the picture's has left what the picture shows. The risk is 1 less their cosine.
/// </summary>
internal static class EmbeddingCheck
{
    // n rows in question, S a view's side.
    public const string Reason = "embedding";

    /// <param name="towers">What would be served at the moment of the check.</param>
    public static ViewCheck Of(TowerSet towers, LearnerPlan plan, ViewCheckPlan check) => new(Reason, (pictures, views) => Risk(towers, plan, pictures, views), 1 - check.CosineMin);

    /// <param name="pictures">fp32 [n, 3, Y, X] in [0, 1].</param>
    /// <param name="views">fp32 [n, 3, S, S] in [0, 1].</param>
    private static Tensor Risk(TowerSet towers, LearnerPlan plan, Tensor pictures, Tensor views)
    {
        Tensor whole = Feature(FrameTensors.Resize(pictures, plan.Model.ImageSize)), own = Feature(views); // [n, D] each
        return 1 - (whole * own).sum(1); // [n]

        Tensor Feature(Tensor pixels) => nn.functional.normalize(towers.Vision.Pool(FrameTensors.NormalizeShares(pixels, plan.Normalization)), dim: 1);
    }
}
