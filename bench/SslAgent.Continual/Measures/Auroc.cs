namespace SslAgent.Continual.Measures;

/// <summary>Area under the receiver operating characteristic: the chance that an anomaly scores above something normal, ties counting half.</summary>
internal static class Auroc
{
    public static double Of(IReadOnlyList<double> scores, IReadOnlyList<bool> isAnomaly)
    {
        double[] anomalies = [.. scores.Where((_, i) => isAnomaly[i])], normal = [.. scores.Where((_, i) => !isAnomaly[i]).Order()];
        if (anomalies.Length == 0 || normal.Length == 0) return double.NaN;
        return anomalies.Average(score => (normal.Count(other => other < score) + (0.5 * normal.Count(other => other == score))) / normal.Length);
    }
}
