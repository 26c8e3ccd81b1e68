using SslAgent.Domain;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>What objectives on two views of each frame share.</summary>
internal static class TwoViews
{
    // B batch, D width of the tower.

    /// <summary>Mean features of the views of a batch.</summary>
    /// <param name="Both">First views, then second ones, fp32 [2B, D].</param>
    internal readonly record struct Features(Tensor Both)
    {
        public Tensor One => Both.narrow(0, 0, Both.shape[0] / 2); // [B, D]

        public Tensor Other => Both.narrow(0, Both.shape[0] / 2, Both.shape[0] / 2); // [B, D]
    }

    /// <summary>One pass of the tower over both views.</summary>
    public static Features Pool(ObjectiveInput input) => new(input.Towers.Vision.Pool(cat([input.View(0), input.View(1)])));

    /// <summary>What a slow copy makes of both views: projections without a gradient, fp32 [B, J] each.</summary>
    public static (Tensor One, Tensor Other) Targets(ObjectiveInput input, SlowCopy copy, MlpHead head)
    {
        using IDisposable noGradients = no_grad();
        using Weights weights = copy.Open(Check.NotNull(input.State, "an objective that declares state has it"), input.Towers.Weights.Dtype);
        using var towers = new TowerSet(input.Plan.Model, weights);
        Features features = new(towers.Vision.Pool(cat([input.View(0), input.View(1)])));
        return (head.Forward(features.One, weights), head.Forward(features.Other, weights));
    }

    /// <summary>Losses of 2B views → one candidate with the mean of each frame's two [1, B].</summary>
    public static Tensor ByFrame(Tensor losses) => losses.view(2, losses.shape[0] / 2).mean([0], keepdim: true);

    /// <summary>A loss of a whole batch → one candidate in which each of its frames has it [1, B].</summary>
    public static Tensor ByBatch(Tensor loss, ObjectiveInput input) => loss.detach().view(1, 1).expand(1, input.View(0).shape[0]);
}
