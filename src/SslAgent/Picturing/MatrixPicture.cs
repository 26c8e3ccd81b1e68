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
    private const int Margin = 14, Labels = 92, Line = 20, CellHeight = 18, Title = 2 * Line + 4, Axis = 24, Scale = 46, WidthMin = 760, WidthMax = 1400;

    /// <summary>Null where there is nothing to show.</summary>
    public static Frame? Draw(ForgettingMatrix matrix)
    {
        if (matrix.Cells.Count == 0) return null;
        int cell = Math.Clamp((WidthMax - Labels) / matrix.Versions.Count, 2, 36);
        int width = Math.Max(WidthMin, Labels + (cell * matrix.Versions.Count) + (2 * Margin));
        int[] heights = [.. matrix.Objectives.Select(objective => Title + (CellHeight * matrix.ErasOf(objective).Count) + Axis + Scale)];
        Canvas canvas = new(width, heights.Sum() + (2 * Margin));
        foreach ((int index, string objective) in matrix.Objectives.Index()) Panel(canvas, matrix, objective, Margin + heights[..index].Sum(), cell);
        return canvas.ToFrame();
    }

    private static void Panel(Canvas canvas, ForgettingMatrix matrix, string objective, int top, int cellWidth)
    {
        MatrixInk ink = new(matrix, objective);
        MatrixSummary summary = matrix.Summaries().First(row => row.Objective == objective);
        canvas.Write(Margin, top, $"{objective}: held-out loss by era and version", Ink.Black);
        canvas.Write(
            Margin, top + Line, $"forgetting {Share(summary.Forgetting)}, backward {Share(summary.BackwardTransfer)}, forward {Share(summary.ForwardTransfer)}", Ink.Black);
        int left = Margin + Labels, cells = top + Title;
        foreach ((int row, int era) in matrix.ErasOf(objective).Index())
        {
            canvas.Write(Margin, cells + (row * CellHeight) + 1, $"era {era}", Ink.Black);
            foreach ((int column, ModelVersion version) in matrix.Versions.Index())
            {
                if (matrix.Find(version, era, objective) is not { } cell) continue;
                (int x, int y) = (left + (column * cellWidth), cells + (row * CellHeight));
                canvas.Fill(x, y, Math.Max(1, cellWidth - 1), CellHeight - 1, ink.Of(cell));
                if (!cell.IsComparable) canvas.Hatch(x, y, Math.Max(1, cellWidth - 1), CellHeight - 1, Ink.White);
            }
        }

        int below = cells + (matrix.ErasOf(objective).Count * CellHeight);
        Versions(canvas, matrix, left, below + 4, cellWidth);
        Legend(canvas, ink, below + Axis);
    }

    /// <summary>As many version numbers as there is room for.</summary>
    private static void Versions(Canvas canvas, ForgettingMatrix matrix, int left, int top, int cellWidth)
    {
        int widest = matrix.Versions[^1].ToString().Length * Canvas.LetterWidth, every = Math.Max(1, (widest + cellWidth - 1) / cellWidth);
        foreach ((int column, ModelVersion version) in matrix.Versions.Index())
        {
            if (column % every == 0) canvas.Write(left + (column * cellWidth), top, version.ToString(), Ink.Black);
        }
    }

    private static void Legend(Canvas canvas, MatrixInk ink, int top)
    {
        const int width = 120;
        for (int x = 0; x < width; x++) canvas.Fill(Margin + Labels + x, top, 1, Canvas.LetterHeight, ink.AtShare(ink.Lowest + ((ink.Highest - ink.Lowest) * x / (width - 1))));
        canvas.Write(Margin, top, Number(ink.Lowest), Ink.Black);
        canvas.Write(Margin + Labels + width + 8, top, $"{Number(ink.Highest)} of the trivial loss, red: risen again", Ink.Black);
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Share(double? value) => value is { } share ? (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + "%" : "-";
}
