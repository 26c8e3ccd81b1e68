using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;

namespace SslAgent.Learning.Augmenting;

/// <summary>All that views of training are held against.</summary>
/// <param name="DrawsMax">Draws of one view at most; where all are rejected the whole picture stands for it.</param>
internal sealed record ViewLimits(IReadOnlyList<ViewCheck> Checks, int DrawsMax)
{
    /// <summary>The user's own checks and that of the plan; null where there are none.</summary>
    /// <param name="towers">What would be served at the moment of the check.</param>
    public static ViewLimits? Of(ViewLimits? own, TowerSet towers, LearnerPlan plan) =>
        plan.Augmentation.Check is { } check ? new ViewLimits([.. own?.Checks ?? [], EmbeddingCheck.Of(towers, plan, check)], own?.DrawsMax ?? check.DrawsMax) : own;
}
