using System.Globalization;
using SslAgent.Picturing;

namespace SslAgent.Continual.Plotting;

/// <summary>One matrix to show: a row an era, a column a version; NaN is drawn as not there yet.</summary>
internal sealed record Panel(string Title, IReadOnlyList<string> Rows, IReadOnlyList<IReadOnlyList<double>> Values);

/// <summary>Matrices side by side in one scale of colours, from 0 (almost paper) to the highest number (dark red).</summary>
internal static class HeatMap
{
    private const int NamesWidth = 240, PanelWidth = 300, Gap = 20, Top = 66, Bottom = 40, ScaleWidth = 110, RowMax = 26, RowsHeight = 420;

    private static readonly Ink Nothing = new(222, 228, 236), None = new(252, 249, 240), Middle = new(245, 170, 90), Worst = new(130, 10, 30);

    public static Canvas Draw(string title, string unit, IReadOnlyList<Panel> panels)
    {
        int rows = panels.Max(panel => panel.Rows.Count), rowHeight = Math.Clamp(RowsHeight / Math.Max(1, rows), 4, RowMax);
        var canvas = new Canvas(NamesWidth + (panels.Count * (PanelWidth + Gap)) + ScaleWidth, Top + (rows * rowHeight) + Bottom);
        double[] all = [.. panels.SelectMany(panel => panel.Values).SelectMany(row => row).Where(double.IsFinite)];
        double high = Math.Max(1, all.DefaultIfEmpty(0).Max());
        canvas.Write(12, 14, title, Ink.Black);
        int everyName = Math.Max(1, (int)Math.Ceiling((Canvas.LetterHeight + 2.0) / rowHeight));
        for (int row = 0; row < panels[0].Rows.Count; row += everyName)
        {
            string name = panels[0].Rows[row];
            canvas.WriteLeftOf(NamesWidth - 8, Top + (row * rowHeight) + ((rowHeight - Canvas.LetterHeight) / 2), name.Length > 18 ? name[..17] + "~" : name, Ink.Black);
        }

        for (int place = 0; place < panels.Count; place++) Draw(canvas, panels[place], NamesWidth + (place * (PanelWidth + Gap)), rowHeight, high);
        Scale(canvas, canvas.Width - ScaleWidth + 6, rows * rowHeight, high, unit);
        return canvas;
    }

    private static void Draw(Canvas canvas, Panel panel, int left, int rowHeight, double high)
    {
        canvas.Write(left, Top - 24, panel.Title, Ink.Black);
        int columns = Math.Max(1, panel.Values.Max(row => row.Count));
        int Edge(int column) => left + (column * PanelWidth / columns);
        for (int row = 0; row < panel.Values.Count; row++)
        {
            for (int column = 0; column < panel.Values[row].Count; column++)
            {
                Ink ink = Of(panel.Values[row][column], high);
                // A dot of paper between cells, where there is room for one.
                canvas.Fill(Edge(column), Top + (row * rowHeight), Edge(column + 1) - Edge(column) - (PanelWidth / columns > 6 ? 1 : 0), rowHeight - (rowHeight > 6 ? 1 : 0), ink);
            }
        }

        int bottom = Top + (panel.Values.Count * rowHeight) + 8;
        canvas.Write(left, bottom, "1", Ink.Black);
        canvas.WriteLeftOf(left + PanelWidth, bottom, columns.ToString(CultureInfo.InvariantCulture), Ink.Black);
        canvas.WriteCentred(left + (PanelWidth / 2), bottom, "version", Ink.Black);
    }

    private static void Scale(Canvas canvas, int left, int height, double high, string unit)
    {
        for (int y = 0; y < height; y++) canvas.Fill(left, Top + y, 18, 1, Of(high * (height - y) / height, high));
        canvas.Write(left + 24, Top - 4, high.ToString("F0", CultureInfo.InvariantCulture), Ink.Black);
        canvas.Write(left + 24, Top + height - Canvas.LetterHeight, "0", Ink.Black);
        canvas.Write(left, Top - 24, unit, Ink.Black);
        canvas.Fill(left, Top + height + 10, 18, 12, Nothing);
        canvas.Write(left + 24, Top + height + 8, "unseen", Ink.Black);
    }

    /// <summary>By the root, so that small losses show.</summary>
    private static Ink Of(double value, double high)
    {
        if (!double.IsFinite(value)) return Nothing;
        double share = Math.Sqrt(Math.Clamp(value / high, 0, 1));
        return share < 0.5 ? Ink.Mix(None, Middle, share * 2) : Ink.Mix(Middle, Worst, (share - 0.5) * 2);
    }
}
