namespace SslAgent.Learning.Towers;

/// <summary>
/// Fixed sine-cosine positions in two dimensions, as MAE's reference code lays them out: the first half of the width is for the column,
/// the second for the row, each half sines before cosines, frequencies 10000^(-i/(D/4)).
/// </summary>
internal static class SineCosinePositions
{
    /// <summary>[grid·grid, width], row-major patches.</summary>
    public static float[] Table(int grid, int width)
    {
        var table = new float[grid * grid * width];
        int quarter = width / 4;
        for (var patch = 0; patch < grid * grid; patch++)
        {
            Span<float> row = table.AsSpan(patch * width, width);
            Fill(row[..(2 * quarter)], patch % grid, quarter);
            Fill(row[(2 * quarter)..], patch / grid, quarter);
        }

        return table;
    }

    private static void Fill(Span<float> half, int position, int quarter)
    {
        for (var i = 0; i < quarter; i++)
        {
            double angle = position * Math.Pow(10000, -(double)i / quarter);
            half[i] = (float)Math.Sin(angle);
            half[quarter + i] = (float)Math.Cos(angle);
        }
    }
}
