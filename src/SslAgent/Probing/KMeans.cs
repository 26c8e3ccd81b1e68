using SslAgent.Domain;

namespace SslAgent.Probing;

/// <summary>
/// Lloyd's k-means on rows of length 1, begun by k-means++ (Arthur and Vassilvitskii 2007); of several beginnings the one with the smallest sum of squares. The same key gives the same clusters.
/// </summary>
internal static class KMeans
{
    private const int Beginnings = 3, RoundsMax = 50;

    /// <summary>The cluster, below <paramref name="clusters"/>, of each row.</summary>
    public static int[] Assign(float[][] rows, int clusters, ulong seed)
    {
        Check.That(rows.Length >= clusters && clusters > 0, "there are at least as many rows as clusters");
        float[][] unit = Vectors.Unit(rows);
        return Enumerable.Range(0, Beginnings)
            .Select(beginning => Run(unit, clusters, new Philox(new DrawKey(seed, 0, beginning, ChanceStream.Probe))))
            .MinBy(run => run.Cost).Clusters;
    }

    private static (int[] Clusters, double Cost) Run(float[][] rows, int clusters, Philox chance)
    {
        float[][] centres = Begin(rows, clusters, ref chance);
        var at = new int[rows.Length];
        Array.Fill(at, -1);
        double cost = 0;
        for (int round = 0; round < RoundsMax; round++)
        {
            bool hasMoved = false;
            cost = 0;
            for (int row = 0; row < rows.Length; row++)
            {
                (int nearest, double distance) = Nearest(rows[row], centres);
                hasMoved |= at[row] != nearest;
                at[row] = nearest;
                cost += distance;
            }

            if (!hasMoved) break;
            Move(rows, at, centres);
        }

        return (at, cost);
    }

    private static float[][] Begin(float[][] rows, int clusters, ref Philox chance)
    {
        var centres = new List<float[]> { rows[chance.NextInt(rows.Length)] };
        double[] distances = [.. rows.Select(row => Distance(row, centres[0]))];
        while (centres.Count < clusters)
        {
            double at = chance.NextDouble() * distances.Sum();
            int chosen = 0;
            while (chosen < rows.Length - 1 && (at -= distances[chosen]) > 0) chosen++;
            centres.Add(rows[chosen]);
            for (int row = 0; row < rows.Length; row++) distances[row] = Math.Min(distances[row], Distance(rows[row], rows[chosen]));
        }

        return [.. centres];
    }

    /// <summary>Each centre to the mean of its rows; one without rows stays.</summary>
    private static void Move(float[][] rows, int[] at, float[][] centres)
    {
        for (int centre = 0; centre < centres.Length; centre++)
        {
            float[][] own = [.. rows.Where((_, row) => at[row] == centre)];
            if (own.Length == 0) continue;
            var mean = new float[rows[0].Length];
            foreach (float[] row in own)
            {
                for (int i = 0; i < mean.Length; i++) mean[i] += row[i] / own.Length;
            }

            centres[centre] = mean;
        }
    }

    private static (int Centre, double Distance) Nearest(float[] row, float[][] centres)
    {
        (int nearest, double least) = (0, double.PositiveInfinity);
        for (int centre = 0; centre < centres.Length; centre++)
        {
            if (Distance(row, centres[centre]) is var distance && distance < least) (nearest, least) = (centre, distance);
        }

        return (nearest, least);
    }

    private static double Distance(float[] one, float[] other) =>
        Math.Max(0, Vectors.Dot<float>(one, one) + Vectors.Dot<float>(other, other) - 2.0 * Vectors.Dot<float>(one, other));
}
