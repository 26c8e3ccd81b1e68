using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>How often replayed samples of a source are drawn, by how surprising it has been. Pure.</summary>
internal static class SurpriseWeights
{
    /// <summary>A source's surprise counts as at least so much of the mean, and at most so many times it: none is starved, none takes all.</summary>
    private const double Least = 0.1, Most = 10;

    /// <param name="share">0: all sources weigh 1; 1: each weighs what its surprise is beside the mean of all.</param>
    public static IReadOnlyDictionary<string, double> Of(IReadOnlyList<SourceSurprise> surprises, double share)
    {
        double mean = surprises.Count == 0 ? 0 : surprises.Average(one => one.Error);
        return mean > 0
            ? surprises.ToDictionary(one => one.Source, one => 1 - share + (share * Math.Clamp(one.Error / mean, Least, Most)), StringComparer.Ordinal)
            : new Dictionary<string, double>();
    }
}
