using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class SolarizationTests
{
    [Fact]
    public void Solarised_pictures_are_torchvisions_and_case_by_case()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Given();
        Solarization.Change(pixels, [0, 1, 2, 3]);
        Pictures.SameAsTorchvision("solarize", pixels);
        float[] byHand = Pictures.Pixelwise(Pictures.Given(), (_, rgb) => Array.ConvertAll(rgb, value => value < 0.5 ? value : 1 - value));
        Fixture.Near(byHand, Pictures.Values(pixels), 1e-7f, "solarised");
    }

    [Fact]
    public void Solarising_twice_is_solarising_once_and_chance_0_does_nothing()
    {
        using var scope = NewDisposeScope();
        Tensor once = Pictures.Given(), twice = Pictures.Given(), never = Pictures.Given();
        Solarization.Change(once, [0, 2]);
        Solarization.Change(twice, [0, 2]);
        Solarization.Change(twice, [0, 2]);
        Solarization.Change(never, 0, new DrawKey(Some.Seed, 1, 1, ChanceStream.Augmentation));
        Pictures.Same(once, twice);
        Pictures.Same(Pictures.Given(), never);
        Pictures.Same(Pictures.Given()[1], once[1]);
    }
}
