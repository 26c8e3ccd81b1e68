namespace SslAgent.Picturing;

/// <summary>One line: its points are (x, y).</summary>
internal sealed record Series(string Name, Ink Ink, IReadOnlyList<(double X, double Y)> Points, int Thickness = 2);

/// <summary>Lines over a common axis, with their names at the right.</summary>
internal static class LinePlot
{
    private const int Width = 1080, Height = 560, Left = 100, Top = 50, Bottom = 70, LegendWidth = 260, Row = 20, LegendMax = 22;

    public static Canvas Draw(string title, string across, string down, IReadOnlyList<Series> series)
    {
        var canvas = new Canvas(Width, Height);
        (double X, double Y)[] points = [.. series.SelectMany(one => one.Points).Where(point => double.IsFinite(point.Y))];
        canvas.Write(Left, 14, title, Ink.Black);
        if (points.Length == 0) return canvas;
        int right = Width - LegendWidth, bottom = Height - Bottom;
        var x = new Axis(points.Min(point => point.X), points.Max(point => point.X), Left, right);
        var y = new Axis(points.Min(point => point.Y), points.Max(point => point.Y), bottom, Top);
        foreach ((double value, string label) in y.Ticks())
        {
            canvas.Line(Left, y.At(value), right, y.At(value), Inks.Faint);
            canvas.WriteLeftOf(Left - 8, y.At(value) - (Canvas.LetterHeight / 2), label, Ink.Black);
        }

        foreach ((double value, string label) in x.Ticks())
        {
            canvas.Line(x.At(value), bottom, x.At(value), bottom + 6, Ink.Black);
            canvas.WriteCentred(x.At(value), bottom + 10, label, Ink.Black);
        }

        canvas.Line(Left, Top, Left, bottom, Ink.Black);
        canvas.Line(Left, bottom, right, bottom, Ink.Black);
        canvas.WriteCentred((Left + right) / 2, bottom + 36, across, Ink.Black);
        canvas.Write(Left, Top - 16, down, Inks.Grey);
        foreach (Series one in series) Draw(canvas, one, x, y);
        Legend(canvas, series, right + 16);
        return canvas;
    }

    private static void Draw(Canvas canvas, Series series, Axis x, Axis y)
    {
        foreach (((double fromX, double fromY), (double toX, double toY)) in series.Points.Zip(series.Points.Skip(1)))
            if (double.IsFinite(fromY) && double.IsFinite(toY)) canvas.Line(x.At(fromX), y.At(fromY), x.At(toX), y.At(toY), series.Ink, series.Thickness);
    }

    /// <summary>Where there are too many to name, some that are evenly spread are.</summary>
    private static void Legend(Canvas canvas, IReadOnlyList<Series> series, int left)
    {
        IReadOnlyList<Series> named = series.Count <= LegendMax ? series : [.. Enumerable.Range(0, LegendMax).Select(i => series[i * series.Count / LegendMax])];
        for (int place = 0; place < named.Count; place++)
        {
            int top = Top + (place * Row);
            canvas.Fill(left, top + 6, 16, 4, named[place].Ink);
            string name = named[place].Name;
            canvas.Write(left + 22, top, name.Length > 18 ? name[..17] + "~" : name, Ink.Black);
        }
    }
}
