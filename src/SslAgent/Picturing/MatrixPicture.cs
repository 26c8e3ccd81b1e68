using System.Globalization;
using SslAgent.Domain;
using SslAgent.Guarding;

namespace SslAgent.Picturing;

/// <summary>
/// The forgetting matrix as a heat map, one panel an objective: a row an era, a column a version. Hatched where the era still changed its sentinels, so
/// that its loss cannot be compared with the last one; white where it was not probed.
/// </summary>
internal static class MatrixPicture
{
    private const int Zoom = 2, Margin = 14, Labels = 46, CellHeight = 18, Title = 34, Axis = 18, Scale = 40, WidthMin = 620, WidthMax = 1400;

    private static readonly Ink Paper = new(255, 255, 255), Text = new(40, 40, 40), Mark = new(255, 255, 255);

    /// <summary>Null where there is nothing to show.</summary>
    public static Frame? Draw(ForgettingMatrix matrix)
    {
        if (matrix.Cells.Count == 0) return null;
        int cell = Math.Clamp((WidthMax - Labels) / matrix.Versions.Count, 2, 36);
        int width = Math.Max(WidthMin, Labels + (cell * matrix.Versions.Count) + (2 * Margin));
        int[] heights = [.. matrix.Objectives.Select(objective => Title + (CellHeight * matrix.ErasOf(objective).Count) + Axis + Scale)];
        Canvas canvas = new(width, heights.Sum() + (2 * Margin), Paper);
        foreach ((int index, string objective) in matrix.Objectives.Index()) Panel(canvas, matrix, objective, Margin + heights[..index].Sum(), cell);
        return canvas.ToFrame();
    }

    private static void Panel(Canvas canvas, ForgettingMatrix matrix, string objective, int top, int cellWidth)
    {
        MatrixInk ink = new(matrix, objective);
        MatrixSummary summary = matrix.Summaries().First(row => row.Objective == objective);
        canvas.Write($"{objective}: held-out loss by era and version", Margin, top, Text, Zoom);
        canvas.Write($"forgetting {Share(summary.Forgetting)}  backward {Share(summary.BackwardTransfer)}  forward {Share(summary.ForwardTransfer)}", Margin, top + 16, Text, Zoom);
        int left = Margin + Labels, cells = top + Title;
        foreach ((int row, int era) in matrix.ErasOf(objective).Index())
        {
            canvas.Write($"era {era}", Margin, cells + (row * CellHeight) + 4, Text, Zoom);
            foreach ((int column, ModelVersion version) in matrix.Versions.Index())
            {
                if (matrix.Find(version, era, objective) is not { } cell) continue;
                (int x, int y) = (left + (column * cellWidth), cells + (row * CellHeight));
                canvas.Fill(x, y, Math.Max(1, cellWidth - 1), CellHeight - 1, ink.Of(cell));
                if (!cell.IsComparable) canvas.Hatch(x, y, Math.Max(1, cellWidth - 1), CellHeight - 1, Mark);
            }
        }

        int below = cells + (matrix.ErasOf(objective).Count * CellHeight);
        Versions(canvas, matrix, left, below + 4, cellWidth);
        Legend(canvas, ink, below + Axis);
    }

    /// <summary>As many version numbers as there is room for.</summary>
    private static void Versions(Canvas canvas, ForgettingMatrix matrix, int left, int top, int cellWidth)
    {
        int widest = PixelFont.WidthOf(matrix.Versions[^1].ToString(), Zoom) + 6, every = Math.Max(1, (widest + cellWidth - 1) / cellWidth);
        foreach ((int column, ModelVersion version) in matrix.Versions.Index())
        {
            if (column % every == 0) canvas.Write(version.ToString(), left + (column * cellWidth), top, Text, Zoom);
        }
    }

    private static void Legend(Canvas canvas, MatrixInk ink, int top)
    {
        const int width = 120;
        for (int x = 0; x < width; x++) canvas.Fill(Margin + Labels + x, top, 1, 10, ink.AtShare(ink.Lowest + ((ink.Highest - ink.Lowest) * x / (width - 1))));
        canvas.Write(Number(ink.Lowest), Margin, top, Text, Zoom);
        canvas.Write($"{Number(ink.Highest)} of the trivial loss, red: risen again", Margin + Labels + width + 8, top, Text, Zoom);
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Share(double? value) => value is { } share ? (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + "%" : "-";
}
