using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// Gaussian blur as torchvision's gaussian_blur: a kernel of odd width, its values the normal density at whole distances, made to sum to 1; edges are reflected. Along one side, then
/// along the other, each picture with a standard deviation of its own.
/// </summary>
internal static class GaussianBlur
{
    // B batch, n rows, S side, K kernel width, R = (K - 1) / 2.

    /// <summary>A tenth of the side, as SimCLR (appendix A; its reference code makes it odd this way: 23 of 224, BYOL's number too), at least three.</summary>
    public static int KernelFor(int side) => Math.Max(3, side / 10 / 2 * 2 + 1);

    /// <param name="pixels">fp32 [B, 3, S, S] in [0, 1], written to.</param>
    public static void Change(Tensor pixels, BlurPlan plan, DrawKey key)
    {
        var chance = new Philox(key);
        List<long> rows = [];
        List<double> sigmas = [];
        for (var row = 0; row < pixels.shape[0]; row++)
        {
            if (chance.NextDouble() >= plan.Probability) continue;
            rows.Add(row);
            sigmas.Add(plan.Sigma.Draw(ref chance));
        }

        Change(pixels, [.. rows], [.. sigmas], KernelFor((int)pixels.shape[3]));
    }

    /// <param name="sigmas">Of each of <paramref name="rows"/>, in pixels.</param>
    /// <param name="kernel">Width in pixels, odd.</param>
    public static void Change(Tensor pixels, long[] rows, double[] sigmas, int kernel)
    {
        Check.That(kernel % 2 == 1 && kernel / 2 < pixels.shape[3] && kernel / 2 < pixels.shape[2], "a kernel is odd and its half reflects inside the picture");
        if (rows.Length == 0) return;
        using var scope = NewDisposeScope();
        int radius = kernel / 2;
        float[] weights = [.. sigmas.SelectMany(sigma => Weights(radius, sigma))];
        Tensor all = tensor(weights, device: pixels.device).view(rows.Length, radius + 1, 1, 1, 1); // [n, R + 1, 1, 1, 1]
        RowSlices.Edit(pixels, rows, (slice, place) =>
        {
            Tensor padded = nn.functional.pad(slice, [radius, radius, radius, radius], TorchSharp.PaddingModes.Reflect); // [n, 3, S + 2R, S + 2R]
            Tensor[] mine = place.Of(all).unbind(1);
            return Along(2, Along(3, padded, mine), mine); // [n, 3, S, S]
        });
    }

    /// <summary>Weights at distance 0, 1, ... <paramref name="radius"/>.</summary>
    private static float[] Weights(int radius, double sigma)
    {
        double[] density = [.. Enumerable.Range(0, radius + 1).Select(distance => Math.Exp(-0.5 * distance * distance / (sigma * sigma)))];
        double sum = density[0] + 2 * density[1..].Sum();
        return Array.ConvertAll(density, value => (float)(value / sum));
    }

    /// <summary>Shifted copies, weighted and added: no convolution kernel knows weights that differ from picture to picture without a group for each.</summary>
    private static Tensor Along(int dimension, Tensor padded, Tensor[] weights)
    {
        int radius = weights.Length - 1;
        long side = padded.shape[dimension] - 2 * radius;
        Tensor sum = padded.narrow(dimension, radius, side).mul(weights[0]);
        for (var distance = 1; distance <= radius; distance++)
        {
            sum.addcmul_(padded.narrow(dimension, radius - distance, side), weights[distance], 1);
            sum.addcmul_(padded.narrow(dimension, radius + distance, side), weights[distance], 1);
        }

        return sum;
    }
}
