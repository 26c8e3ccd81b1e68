namespace SslAgent.Guarding;

/// <summary>
/// The last promoted cycles of a line, as far back as what is usual reaches. It is their median: half of them have to be large before large is usual, and one outlier that was let
/// through moves nothing.
/// </summary>
internal static class RecentCycles
{
    public const int Max = 15;

    /// <summary>The same after another promoted cycle, oldest first.</summary>
    public static IReadOnlyList<double> After(IEnumerable<double> known, double value) => [.. known.Append(value).TakeLast(Max)];

    /// <summary>Of an even number the two in the middle are averaged.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
