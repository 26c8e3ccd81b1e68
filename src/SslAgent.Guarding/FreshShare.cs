using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>Where the share of new samples may go.</summary>
/// <param name="Chosen">What the options say: where it begins, and how far it comes back while old eras hold. Beyond, it goes only while they get better.</param>
public sealed record FreshShareLimits(double Min, double Chosen, double Max);

/// <summary>
/// How much of a batch should be new, by what the last cycle did to the past: less where the old eras of any objective surely got worse than they ever were; more, in smaller steps,
/// where those of all objectives surely hold; as before where neither is sure, since a probe that cannot tell says nothing for the new. Past what the options chose,
/// holding is not enough: an era that stands still gets nothing from what is replayed, and would lose with less of it. Pure; the outcome is journalled in the cycle's plan.
/// </summary>
public static class FreshShare
{
    /// <summary>A share of the loss or of the gain: a smaller mean rise of the old eras is none.</summary>
    private const double RiseMin = 0.01;

    /// <summary>How often chance alone may pass for a rise, or for none.</summary>
    private const double ErrorRate = 0.025;

    // Down fast and up slowly: what is forgotten costs more than what is learned a cycle later.
    private const double Less = 0.75, More = 1.1;

    /// <param name="last">The share that the last cycle had, before verdicts changed it.</param>
    /// <param name="scale">What verdicts multiply it by, in that cycle or in the coming one. Below 1 it is what lets the old eras hold, so nothing follows from that.</param>
    /// <param name="probe">What was measured after that cycle, whatever its verdict was.</param>
    /// <param name="book">What the line had reached before it: with a book that has the cycle itself, an era at its best would be compared with itself.</param>
    public static double Next(double last, double scale, ProbeReport probe, EraBook book, FreshShareLimits limits)
    {
        int newest = probe.Eras.Select(era => era.Era).DefaultIfEmpty(-1).Max();
        // The newest era is what is being learned.
        MeanRise[] rises = [.. MeanRise.ByObjective(EraComparison.All(probe, book).Where(old => old.Now.Era != newest))];
        double share = last;
        if (rises.Any(rise => rise.Rise - rise.Luck - rise.Chance(ErrorRate) > RiseMin)) share *= Less;
        else if (rises.Length > 0 && scale >= 1) share = Raised(last, rises, limits.Chosen);

        // Rounded, so that people can read it in the journal.
        return Math.Round(Math.Clamp(share, limits.Min, limits.Max), 3);
    }

    /// <summary>Luck is not granted here: that the past may only seem worse than it is makes nothing sure.</summary>
    private static double Raised(double last, MeanRise[] rises, double chosen)
    {
        double worst = rises.Max(rise => rise.Rise + rise.Chance(ErrorRate));
        if (worst < 0) return last * More;
        return worst < RiseMin && last < chosen ? Math.Min(last * More, chosen) : last;
    }
}
