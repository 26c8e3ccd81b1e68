using SslAgent.Domain;

namespace SslAgent.Demo;

/// <summary>Lays frames of one size out in rows, with a margin between, as one frame.</summary>
internal static class ContactSheet
{
    private const int Margin = 4;
    private const byte Paper = 236;

    /// <summary>Row r of the sheet shows <paramref name="rows"/>[r]; all rows are equally long. Each pixel becomes <paramref name="zoom"/> x zoom.</summary>
    public static Frame Compose(IReadOnlyList<IReadOnlyList<Frame>> rows, int zoom)
    {
        Check.That(rows.Count > 0 && rows.All(row => row.Count == rows[0].Count && row.Count > 0), "a contact sheet is a full grid");
        (int cellWidth, int cellHeight) = (rows[0][0].Width * zoom, rows[0][0].Height * zoom);
        int width = (rows[0].Count * (cellWidth + Margin)) + Margin, height = (rows.Count * (cellHeight + Margin)) + Margin;
        byte[] rgb = new byte[width * height * Frame.Channels];
        rgb.AsSpan().Fill(Paper);
        for (int row = 0; row < rows.Count; row++)
            for (int column = 0; column < rows[row].Count; column++)
                Paint(rows[row][column], rgb, width, Margin + (column * (cellWidth + Margin)), Margin + (row * (cellHeight + Margin)), zoom);
        return new Frame(width, height, rgb);
    }

    private static void Paint(Frame frame, byte[] rgb, int width, int left, int top, int zoom)
    {
        for (int y = 0; y < frame.Height * zoom; y++)
        {
            for (int x = 0; x < frame.Width * zoom; x++)
            {
                int from = (((y / zoom) * frame.Width) + (x / zoom)) * Frame.Channels;
                frame.Rgb.AsSpan(from, Frame.Channels).CopyTo(rgb.AsSpan((((top + y) * width) + left + x) * Frame.Channels));
            }
        }
    }
}
