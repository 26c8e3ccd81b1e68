namespace SslAgent.Learning.Towers;

/// <summary>
/// Fixed sine-cosine positions in two dimensions, as MAE's reference code lays them out: the first half of the width is for the column,
/// the second for the row, each half sines before cosines, frequencies 10000^(-i/(D/4)).
/// </summary>
internal static class SineCosinePositions
{
    /// <summary>[grid·grid, width], row-major patches.</summary>
    public static float[] Table(int grid, int width) => Table(grid, width, grid);

    /// <summary>
    /// The places of another grid's patches in the space of this tower's own, [grid·grid, width]: patch i of g has its middle where (i + 1/2)·G/g - 1/2 is among G patches. What MAE and DINO interpolate
    /// from a table (bicubically, corners not aligned) is a function here, so it is asked itself.
    /// </summary>
    /// <param name="own">Patches along one side of a frame of the tower's own size.</param>
    public static float[] Table(int grid, int width, int own)
    {
        var table = new float[grid * grid * width];
        int quarter = width / 4;
        for (var patch = 0; patch < grid * grid; patch++)
        {
            Span<float> row = table.AsSpan(patch * width, width);
            Fill(row[..(2 * quarter)], Place(patch % grid), quarter);
            Fill(row[(2 * quarter)..], Place(patch / grid), quarter);
        }

        return table;

        double Place(int index) => ((index + 0.5) * own / grid) - 0.5;
    }

    private static void Fill(Span<float> half, double position, int quarter)
    {
        for (var i = 0; i < quarter; i++)
        {
            double angle = position * Math.Pow(10000, -(double)i / quarter);
            half[i] = (float)Math.Sin(angle);
            half[quarter + i] = (float)Math.Cos(angle);
        }
    }
}
