using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>The masked, predictive and pretext objectives, which the tests treat alike.</summary>
internal static class MaskedNames
{
    public static IReadOnlyList<string> All { get; } = [ObjectiveNames.Inpainting, ObjectiveNames.Denoising, ObjectiveNames.IJepa, ObjectiveNames.Beit, ObjectiveNames.IBot, ObjectiveNames.Rotation,
        ObjectiveNames.PatchPosition, ObjectiveNames.Jigsaw, ObjectiveNames.Equivariance];

    /// <summary>The loss where what is drawn is what make_masked_fixtures.py drew, scalar.</summary>
    public static Tensor LossAsGiven(string name, Fixture fixture) => name switch
    {
        ObjectiveNames.Inpainting => Inpainting.Loss(fixture.Input, (fixture.Drawn("kept"), fixture.Drawn("hidden"))).Loss,
        ObjectiveNames.Denoising => Denoising.Loss(fixture.Input, fixture.Given("corrupted")).Loss,
        ObjectiveNames.IJepa => IJepa.Loss(fixture.Input, new ContextMask(fixture.Drawn("context"), fixture.Drawn("blocks"))).Loss,
        ObjectiveNames.Beit => Beit.Loss(fixture.Input, fixture.Drawn("hidden"), Beit.Tokenizer(KnobValues.None)).Loss,
        ObjectiveNames.IBot => IBot.Loss(fixture.Input, fixture.Drawn("hidden"), KnobValues.None).Loss,
        ObjectiveNames.Rotation => Rotation.Definition.Loss(fixture.Input).Loss,
        ObjectiveNames.PatchPosition => PretextTask.Loss(PatchPosition.Ask(fixture.Input, Places(fixture, "pairs"))).Loss,
        ObjectiveNames.Jigsaw => PretextTask.Loss(Jigsaw.Ask(fixture.Input, new(Places(fixture, "pieces"), [.. fixture.Drawn("shown").Select(order => (long)order)]), 64)).Loss,
        ObjectiveNames.Equivariance => Equivariance.Loss(fixture.Input, Transforms(fixture), 0.1).Loss,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no loss is given"),
    };

    /// <summary>Steps of 24 small pictures after which something must have been learned.</summary>
    public static int StepsToLearn(string name) => name switch
    {
        ObjectiveNames.IJepa => 160, // The targets begin anew as well.
        ObjectiveNames.Beit or ObjectiveNames.IBot or ObjectiveNames.Jigsaw => 400,
        _ => 80,
    };

    public static FrameTransform[] Transforms(Fixture fixture)
    {
        float[] boxes = Pictures.Values(fixture.Given("boxes"));
        int[] turns = fixture.Drawn("turns"), mirrored = fixture.Drawn("mirrored");
        return [.. turns.Select((quarters, row) => new FrameTransform(
            new RandomCrop.Box(boxes[row * 4], boxes[(row * 4) + 1], boxes[(row * 4) + 2], boxes[(row * 4) + 3], mirrored[row] != 0), quarters))];
    }

    private static TilePlace[] Places(Fixture fixture, string name)
    {
        int[][] places = [.. fixture.Drawn(name).Chunk(2)];
        int[] corners = fixture.Drawn("corners");
        return [.. places.Select((place, tile) => new TilePlace(place[0], place[1], corners[tile * corners.Length / places.Length]))];
    }
}
