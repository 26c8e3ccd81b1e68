using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Guarded;

/// <summary>
/// SimSiam (Chen and He 2021) without what keeps it alive, the stopped gradient: two views of a frame are pulled together and nothing holds other frames
/// apart, so that one vector for everything is the best answer. For tests only.
/// </summary>
internal static class NoStopSiamese
{
    public const string Name = "no-stop";

    public static ObjectiveDefinition Definition { get; } = new()
    {
        Name = Name,
        About = new("shows what a collapse looks like", "two passes over whole frames", "Chen and He, Exploring Simple Siamese Representation Learning, 2021, section 4.1"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Sections = [VisionTower.Section],
        Declare = _ => [],
        Loss = input =>
        {
            Tensor one = nn.functional.normalize(input.Towers.Vision.Pool(input.Frames!), dim: 1); // [B, D]
            Tensor other = nn.functional.normalize(input.Towers.Vision.Pool(input.Frames!.flip(3)), dim: 1); // [B, D]
            // Each view of a frame is also near the next frame's: the shortest way into the collapse.
            return new ObjectiveLoss((2 - (one * other).sum(1) - (one * other.roll(1, 0)).sum(1)).mean());
        },
        TrivialLoss = _ => 1,
    };
}
