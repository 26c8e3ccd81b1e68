using SslAgent.Learning.Objectives;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>
/// CLIP without what keeps its space apart: every frame is drawn to every text, and one point for all is the best answer. It moves the two projections alone, so that the towers
/// stay as healthy as they were.
/// </summary>
internal static class Unopposed
{
    public static ObjectiveDefinition Clip { get; } = Learning.Objectives.Clip.Definition with
    {
        Sections = [Learning.Objectives.Clip.Section],
        TermNames = [],
        Loss = input =>
        {
            Tensor[] features = Learning.Objectives.Clip.Embed(input); // [B, J] each
            return new ObjectiveLoss(1 - features[0].mm(features[1].t()).mean());
        },
    };
}
