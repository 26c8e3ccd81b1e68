using SslAgent.Domain;

namespace SslAgent.Guarding.Drift;

/// <summary>
/// Whether the newest era's features moved while it lasted: what the model sees differently although brightness and length may be the same. A shift between its
/// earlier and later half of so many standard deviations is a drift where it is more than chance, and large.
/// </summary>
public static class ShiftPolicy
{
    /// <summary>Sentinels below which nothing is said.</summary>
    private const int CountMin = 32;

    /// <summary>The drift that a probe shows, or null. At most one a version: the tower that moved farthest.</summary>
    public static JournalRecord.DriftFound? Judge(ProbeReport probe, GuardOptions options)
    {
        if (options.DriftFalseAlarmRate <= 0) return null;
        EraShift? farthest = probe.Shifts.Where(shift => IsDrift(shift, options)).MaxBy(shift => Math.Abs(shift.Shift));
        return farthest is null ? null : new JournalRecord.DriftFound("", MeasureOf(farthest), 0, farthest.Shift, options.DriftPlasticCycles);
    }

    /// <summary>Names the era, so that the same drift is not told twice.</summary>
    public static string MeasureOf(EraShift shift) => $"{shift.Tower} features, era {shift.Era}";

    private static bool IsDrift(EraShift shift, GuardOptions options)
    {
        if (shift.Count < CountMin || !double.IsFinite(shift.Shift)) return false;
        // The difference of two means over half of the samples each, in standard deviations of a sample.
        double spread = Math.Sqrt(4.0 / shift.Count);
        double limit = StudentT.QuantileAbove(options.DriftFalseAlarmRate / 2, shift.Count - 2) * spread;
        return Math.Abs(shift.Shift) > Math.Max(limit, 2 * options.DriftShiftMin);
    }
}
