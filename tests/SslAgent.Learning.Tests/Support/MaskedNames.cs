using SslAgent.Learning.Objectives;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>The masked, predictive and pretext objectives, which the tests treat alike.</summary>
internal static class MaskedNames
{
    public static IReadOnlyList<string> All { get; } = [ObjectiveNames.Inpainting, ObjectiveNames.Denoising, ObjectiveNames.IJepa, ObjectiveNames.Beit];

    /// <summary>The loss where what is drawn is what make_masked_fixtures.py drew, scalar.</summary>
    public static Tensor LossAsGiven(string name, Fixture fixture) => name switch
    {
        ObjectiveNames.Inpainting => Inpainting.Loss(fixture.Input, (fixture.Integers("kept"), fixture.Integers("hidden"))).Loss,
        ObjectiveNames.Denoising => Denoising.Loss(fixture.Input, fixture.Given("corrupted")).Loss,
        ObjectiveNames.IJepa => IJepa.Loss(fixture.Input, new ContextMask(fixture.Integers("context"), fixture.Integers("blocks"))).Loss,
        ObjectiveNames.Beit => Beit.Loss(fixture.Input, fixture.Integers("hidden")).Loss,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no loss is given"),
    };

    /// <summary>Steps of 24 small pictures after which something must have been learned.</summary>
    public static int StepsToLearn(string name) => name switch
    {
        ObjectiveNames.IJepa => 160, // The targets begin anew as well.
        ObjectiveNames.Beit => 400,
        _ => 80,
    };
}
