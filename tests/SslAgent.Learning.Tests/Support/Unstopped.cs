using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>
/// SimSiam (Chen and He 2021) without what keeps it alive, the stopped gradient (section 4.1): one vector for everything is the best answer.
/// </summary>
internal static class Unstopped
{
    /// <summary>On the tower's features themselves: behind a projection it is the projection that falls to one direction, and the tower keeps most of its own for long.</summary>
    public static ObjectiveDefinition SimSiam { get; } = (Learning.Objectives.SimSiam.Objective with
    {
        ViewLosses = (input, features) =>
        {
            Weights weights = input.Towers.Weights;
            MlpHead predictor = Learning.Objectives.SimSiam.Predictor(input.Plan.Model, KnobValues.None);
            return new ViewLosses(cat([Apart(predictor.Forward(features.One, weights), features.Other), Apart(predictor.Forward(features.Other, weights), features.One)]));
        },
    }).ToDefinition();

    /// <summary>Each prediction from the other view's projection, by some distance.</summary>
    public static ViewLosses Distances(ObjectiveInput input, TwoViews features, Func<Tensor, Tensor, Tensor> distance)
    {
        Weights weights = input.Towers.Weights;
        MlpHead predictor = Learning.Objectives.SimSiam.Predictor(input.Plan.Model, KnobValues.None);
        (Tensor first, Tensor second) = features.Through(Projection(input.Plan.Model), weights);
        return new ViewLosses(cat([distance(predictor.Forward(first, weights), second), distance(predictor.Forward(second, weights), first)]));
    }

    /// <summary>Without the last normalisation, which the paper shows not to be needed (table 3): it makes up for what is lost until nothing is left, and collapse takes long.</summary>
    public static MlpHead Projection(ModelPlan plan) =>
        new("simsiam.projection", [plan.Frame.Width, plan.Frame.Width, plan.Frame.Width, plan.Frame.Width], normalizesOutput: false);

    /// <summary>1 less the cosine; both sides are moved.</summary>
    public static Tensor Apart(Tensor one, Tensor other) => 1 - (nn.functional.normalize(one, dim: 1) * nn.functional.normalize(other, dim: 1)).sum(1);
}
