namespace SslAgent.Probing;

/// <summary>The five nearest by cosine.</summary>
internal static class Neighbours
{
    private const int Count = 5;

    /// <summary>For each asked row the label that most of its neighbours have; of several the one with the larger sum of cosines.</summary>
    public static int[] Vote(float[][] train, int[] labels, int classes, float[][] asked)
    {
        float[][] unit = Vectors.Unit(train);
        return
        [
            .. Vectors.Unit(asked).Select(row =>
            {
                var votes = new double[classes];
                // Cosines are below 1: they only part equal counts.
                foreach ((int index, float cosine) in Nearest(unit, row)) votes[labels[index]] += 1 + (cosine * 1e-3);
                return Array.IndexOf(votes, votes.Max());
            }),
        ];
    }

    /// <summary>For each asked row its mean distance, 1 - cosine, from its neighbours.</summary>
    public static double[] Distances(float[][] known, float[][] asked)
    {
        float[][] unit = Vectors.Unit(known);
        return [.. Vectors.Unit(asked).Select(row => Nearest(unit, row).Average(one => 1.0 - one.Cosine))];
    }

    private static (int Index, float Cosine)[] Nearest(float[][] unit, float[] row)
    {
        var nearest = new PriorityQueue<int, (float Cosine, int Order)>(Count + 1);
        for (int i = 0; i < unit.Length; i++)
        {
            nearest.Enqueue(i, (Vectors.Dot<float>(unit[i], row), -i));
            if (nearest.Count > Count) nearest.Dequeue();
        }

        return [.. nearest.UnorderedItems.Select(item => (item.Element, item.Priority.Cosine))];
    }
}
