using System.Globalization;
using SslAgent.Picturing;

namespace SslAgent.Continual.Plotting;

/// <summary>A bar from zero with its interval, and the limit it is held against.</summary>
internal sealed record Bar(string Name, double Value, double Low, double High, double? Limit, bool IsMet);

/// <summary>Bars from left to right, one below the other.</summary>
internal static class BarPlot
{
    private const int Width = 1080, NamesWidth = 470, Right = 110, Top = 50, Row = 30, Thickness = 14;

    private static readonly Ink Met = new(80, 160, 100), Missed = new(205, 95, 70), LimitInk = new(40, 60, 160);

    public static Canvas Draw(string title, string unit, IReadOnlyList<Bar> bars)
    {
        int bottom = Top + (bars.Count * Row);
        var canvas = new Canvas(Width, bottom + 96);
        canvas.Write(12, 14, title, Ink.Black);
        double[] ends = [0, .. bars.SelectMany(bar => new[] { bar.Low, bar.High, bar.Value, bar.Limit ?? 0 }).Where(double.IsFinite)];
        var x = new Axis(ends.Min(), ends.Max(), NamesWidth, Width - Right);
        foreach ((double value, string label) in x.Ticks())
        {
            canvas.Line(x.At(value), Top, x.At(value), bottom, Inks.Faint);
            canvas.WriteCentred(x.At(value), bottom + 8, label, Ink.Black);
        }

        canvas.Line(x.At(0), Top, x.At(0), bottom, Ink.Black);
        for (int place = 0; place < bars.Count; place++) Draw(canvas, bars[place], Top + (place * Row) + ((Row - Thickness) / 2), x);
        canvas.WriteCentred((NamesWidth + Width - Right) / 2, bottom + 32, unit, Ink.Black);
        Legend(canvas, bottom + 62);
        return canvas;
    }

    private static void Draw(Canvas canvas, Bar bar, int top, Axis x)
    {
        canvas.WriteLeftOf(NamesWidth - 10, top - 1, bar.Name, Ink.Black);
        int zero = x.At(0), end = x.At(bar.Value), middle = top + (Thickness / 2);
        canvas.Fill(Math.Min(zero, end), top, Math.Max(2, Math.Abs(end - zero)), Thickness, bar.IsMet ? Met : Missed);
        canvas.Line(x.At(bar.Low), middle, x.At(bar.High), middle, Ink.Black, 2);
        foreach (double edge in (ReadOnlySpan<double>)[bar.Low, bar.High]) canvas.Line(x.At(edge), middle - 5, x.At(edge), middle + 5, Ink.Black, 2);
        if (bar.Limit is { } limit) canvas.Line(x.At(limit), top - 6, x.At(limit), top + Thickness + 6, LimitInk, 3);
        canvas.Write(Width - Right + 14, top - 1, bar.Value.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture), Ink.Black);
    }

    private static void Legend(Canvas canvas, int top)
    {
        int left = 12;
        foreach ((string name, Ink ink) in new[] { ("met", Met), ("missed", Missed), ("limit", LimitInk), ("95 % interval", Ink.Black) })
        {
            canvas.Fill(left, top + 2, 16, 12, ink);
            canvas.Write(left + 22, top, name, Ink.Black);
            left += 60 + (name.Length * Canvas.LetterWidth);
        }
    }
}
