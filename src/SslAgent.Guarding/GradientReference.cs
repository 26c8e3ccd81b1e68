namespace SslAgent.Guarding;

/// <summary>
/// How large the gradients of one objective are in promoted cycles. What is usual is the median of the last ones: the largest ever would grow with each outlier that was let
/// through, and let the next one through for it.
/// </summary>
/// <param name="NormMax">The largest norm in any promoted cycle.</param>
public sealed record GradientReference(string Objective, double NormMax)
{
    /// <summary>The largest norm of each of the last promoted cycles, oldest first; empty in books of releases that kept only the largest of all.</summary>
    public IReadOnlyList<double> Recent { get; init => field = value ?? []; } = [];

    /// <summary>The median of the largest norms of the last promoted cycles.</summary>
    internal double Usual => RecentCycles.Median(Known);

    private IReadOnlyList<double> Known => Recent.Count > 0 ? Recent : [NormMax];

    /// <summary>The same after a first promoted cycle.</summary>
    internal static GradientReference Of(string objective, double norm) => new(objective, norm) { Recent = [norm] };

    /// <summary>The same after another promoted cycle.</summary>
    internal GradientReference After(double norm) => this with { NormMax = Math.Max(NormMax, norm), Recent = RecentCycles.After(Known, norm) };
}
