namespace SslAgent.Probing;

/// <summary>Retrieval by example: of all rows, which are most like the asked one, and are they of its class?</summary>
internal static class SameClass
{
    /// <summary>Mean over the queries of the share of their class among the nearest others, at 1 and at as many as the class has (R-precision).</summary>
    public static (double PrecisionAt1, double RPrecision) Of(float[][] rows, IReadOnlyList<int> labels)
    {
        float[][] unit = Vectors.Unit(rows);
        Dictionary<int, int> sizes = labels.GroupBy(label => label).ToDictionary(group => group.Key, group => group.Count());
        double first = 0, whole = 0;
        int asked = 0;
        for (int query = 0; query < rows.Length; query++)
        {
            int relevant = sizes[labels[query]] - 1;
            if (relevant == 0) continue; // Nothing of its class is there to be found.
            int own = query;
            int[] nearest =
                [.. Enumerable.Range(0, rows.Length).Where(row => row != own).OrderByDescending(row => Vectors.Dot<float>(unit[own], unit[row])).ThenBy(row => row).Take(relevant)];
            first += labels[nearest[0]] == labels[query] ? 1 : 0;
            whole += nearest.Count(row => labels[row] == labels[own]) / (double)relevant;
            asked++;
        }

        return asked == 0 ? (double.NaN, double.NaN) : (first / asked, whole / asked);
    }
}
