using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>The least and the most of a batch that may be new.</summary>
public sealed record FreshShareLimits(double Min, double Max);

/// <summary>
/// How much of a batch should be new, by what the last cycle did to the past: less while old eras get worse than they ever were, by more than their probes' noise;
/// more, in smaller steps, while they hold. Pure; the outcome is journalled in the cycle's plan.
/// </summary>
public static class FreshShare
{
    /// <summary>A share of the loss or of the gain: a smaller mean rise of the old eras is none.</summary>
    private const double RiseMin = 0.01;

    /// <summary>Standard deviations of the mean rise that are put down to chance.</summary>
    private const double Deviations = 2;

    // Down fast and up slowly: what is forgotten costs more than what is learned a cycle later.
    private const double Less = 0.75, More = 1.1;

    /// <param name="last">The share that the last cycle had.</param>
    /// <param name="probe">What was measured after it, whatever its verdict was.</param>
    /// <param name="book">What the line has reached.</param>
    public static double Next(double last, ProbeReport probe, EraBook book, FreshShareLimits limits)
    {
        (double Rise, double Noise)[] rises = [.. Rises(probe, book)];
        double share = last;
        if (rises.Length > 0)
        {
            double mean = rises.Average(rise => rise.Rise);
            double noise = Math.Sqrt(rises.Sum(rise => rise.Noise * rise.Noise)) / rises.Length;
            share *= mean > RiseMin + (Deviations * noise) ? Less : More;
        }

        // Rounded, so that people can read it in the journal.
        return Math.Round(Math.Clamp(share, limits.Min, limits.Max), 3);
    }

    /// <summary>Of each old era and objective, as a share of the loss or of the gain, whichever is larger. The newest era is what is being learned.</summary>
    private static IEnumerable<(double Rise, double Noise)> Rises(ProbeReport probe, EraBook book)
    {
        int newest = probe.Eras.Select(era => era.Era).DefaultIfEmpty(-1).Max();
        foreach (EraProbe now in probe.Eras)
        {
            if (now.Era == newest || !double.IsFinite(now.Loss) || !double.IsFinite(now.Noise)) continue;
            if (book.Find(now.Era, now.Objective) is not { } best || !best.IsComparable(now)) continue;
            double scale = Math.Max(Math.Max(best.Loss, best.TrivialLoss - best.Loss), double.Epsilon);
            yield return ((now.Loss - best.Loss) / scale, Math.Sqrt((now.Noise * now.Noise) + (best.Noise * best.Noise)) / scale);
        }
    }
}
