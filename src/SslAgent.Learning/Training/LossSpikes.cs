using SslAgent.Domain;

namespace SslAgent.Learning.Training;

/// <summary>Looks for rises of a training loss that may be over before its cycle is: a pure function of the losses of the steps that were taken, in order.</summary>
internal static class LossSpikes
{
    /// <summary>Steps of the running mean: one odd batch is no spike, what lasts a few steps is.</summary>
    private const int MeanSteps = 8;

    /// <summary>Steps before them that tell the usual level: with fewer nothing is said; more would still remember the height that a loss has fallen from.</summary>
    private const int BeforeMin = 16, BeforeMax = 64;

    /// <summary>The largest rise of the mean over eight steps above the median of the up to 64 before them. Null where the steps are too few.</summary>
    public static LossPeak? Largest(IReadOnlyList<float> losses)
    {
        if (losses.Count < BeforeMin + MeanSteps) return null;
        List<float> before = [.. losses.Take(BeforeMin).Order()];
        double rise = 0;
        for (int at = BeforeMin; at + MeanSteps <= losses.Count; at++)
        {
            double sum = 0;
            for (int step = at; step < at + MeanSteps; step++) sum += losses[step];
            rise = Math.Max(rise, (sum / MeanSteps) - Median(before));
            Insert(before, losses[at]);
            if (before.Count > BeforeMax) before.RemoveAt(before.BinarySearch(losses[at - BeforeMax]));
        }

        return new LossPeak(rise, losses.Skip(1).Zip(losses, (next, last) => Math.Abs((double)next - last)).Average());
    }

    private static double Median(List<float> ordered) => ((double)ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;

    private static void Insert(List<float> ordered, float loss)
    {
        int place = ordered.BinarySearch(loss);
        ordered.Insert(place < 0 ? ~place : place, loss);
    }
}
