namespace SslAgent.Demo;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>The last values squeezed into so many characters (means of equal stretches), from the smallest to the largest of them.</summary>
    public static string Of(IReadOnlyList<double> values, int width)
    {
        double[] columns = Squeeze([.. values.Where(double.IsFinite)], width);
        if (columns.Length == 0) return "";
        double least = columns.Min(), span = columns.Max() - least;
        return string.Concat(columns.Select(value => Bars[span <= 0 ? 0 : (int)Math.Round((value - least) / span * (Bars.Length - 1))]));
    }

    private static double[] Squeeze(double[] values, int width)
    {
        if (values.Length <= width) return values;
        double[] columns = new double[width];
        for (int i = 0; i < width; i++)
        {
            int from = (int)((long)i * values.Length / width), to = (int)((long)(i + 1) * values.Length / width);
            columns[i] = values[from..to].Average();
        }

        return columns;
    }
}
