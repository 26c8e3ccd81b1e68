using SslAgent.Domain;
using SslAgent.Learning.Parameters;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Support;

/// <summary>
/// Gradients by moving weights: for random directions, the loss's slope along the direction must be the gradient's projection on it. In double
/// precision there would be no doubt; in fp32 the step is large and the tolerance accordingly.
/// </summary>
internal static class FiniteDifferences
{
    private const double Step = 2e-3, Tolerance = 0.03;

    /// <param name="step">Shorter where the loss is steep and bends.</param>
    public static void Require(Fixture fixture, Func<Tensor> loss, double step = Step)
    {
        fixture.Gradients.zero_();
        loss().backward();
        foreach (SectionRange section in fixture.Layout.Sections)
        {
            Tensor gradient = FlatParameters.Range(fixture.Gradients, section).clone();
            double size = gradient.norm().item<float>();
            if (size == 0) continue;
            using IDisposable noGradients = no_grad();
            // Along the gradient itself the slope is largest, and the noise of fp32 smallest beside it.
            Tensor weights = FlatParameters.Range(fixture.Weights.Flat, section);
            Tensor direction = gradient / size + Noise(section) * (0.3 / Math.Sqrt(section.Count));
            double expected = gradient.dot(direction).item<float>();
            Tensor before = weights.clone();
            weights.copy_(before + direction * step);
            double above = loss().item<float>();
            weights.copy_(before - direction * step);
            double below = loss().item<float>();
            weights.copy_(before);
            double slope = (above - below) / (2 * step);
            Assert.True(Math.Abs(slope - expected) <= Tolerance * Math.Abs(expected) + 1e-3, $"{section.Name}: slope {slope}, gradient {expected}");
        }
    }

    private static Tensor Noise(SectionRange section)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test));
        var values = new float[section.Count];
        for (var i = 0; i < values.Length; i++) values[i] = 2 * chance.NextSingle() - 1;
        return tensor(values);
    }
}
