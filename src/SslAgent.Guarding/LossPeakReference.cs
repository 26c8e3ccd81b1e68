using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>How far one objective's training loss rises within promoted cycles.</summary>
/// <param name="Recent">The largest rise (<see cref="LossPeak.Rise"/>) of each of the last promoted cycles, oldest first.</param>
public sealed record LossPeakReference(string Objective, IReadOnlyList<double> Recent)
{
    /// <summary>The median of them.</summary>
    internal double Usual => RecentCycles.Median(Recent);
}
