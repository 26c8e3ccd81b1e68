using SslAgent.Learning.Heads;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>Something of both views of a batch: features, or what heads make of them.</summary>
/// <param name="Both">First views, then second ones, fp32 [2B, D].</param>
internal readonly record struct TwoViews(Tensor Both)
{
    public long Batch => Both.shape[0] / 2;

    public Tensor One => Both.narrow(0, 0, Batch); // [B, D]

    public Tensor Other => Both.narrow(0, Batch, Batch); // [B, D]

    /// <summary>Mean features: one pass of the tower over both views.</summary>
    public static TwoViews Pool(ObjectiveInput input) => new(input.Towers.Vision.Pool(cat([input.View(0), input.View(1)])));

    /// <summary>Through a head, each view by itself: it normalises over one view's batch.</summary>
    public (Tensor One, Tensor Other) Through(MlpHead head, Weights weights) => (head.Forward(One, weights), head.Forward(Other, weights));

    /// <summary>What a slow copy makes of both views: a head's outputs without a gradient, fp32 [B, J] each.</summary>
    /// <param name="head">From features and weights to outputs, for each view by itself.</param>
    public static (Tensor One, Tensor Other) Targets(ObjectiveInput input, SlowCopy copy, Func<Tensor, Weights, Tensor> head)
    {
        using IDisposable noGradients = no_grad();
        using Weights weights = copy.Open(input.RequireState(), input.Towers.Weights.Dtype);
        using var towers = new TowerSet(input.Plan.Model, weights);
        var features = new TwoViews(towers.Vision.Pool(cat([input.View(0), input.View(1)])));
        return (head(features.One, weights), head(features.Other, weights));
    }

    /// <summary>Both views through a projection and a predictor, fp32 [B, J] each.</summary>
    public (Tensor One, Tensor Other) Predict(MlpHead projection, MlpHead predictor, Weights weights)
    {
        (Tensor one, Tensor other) = Through(projection, weights);
        return (predictor.Forward(one, weights), predictor.Forward(other, weights));
    }
}
