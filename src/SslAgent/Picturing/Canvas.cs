using SslAgent.Domain;

namespace SslAgent.Picturing;

/// <summary>A white picture to draw on, dot by dot, with the origin at the top left. What lies outside is cut off. The benchmarks draw with it too.</summary>
internal sealed class Canvas
{
    /// <summary>Dots that a letter's dot is wide.</summary>
    private const int LetterZoom = 2;

    private readonly byte[] _rgb;

    public Canvas(int width, int height)
    {
        Check.That(width > 0 && height > 0, "a canvas has a size");
        (Width, Height) = (width, height);
        _rgb = new byte[width * height * Frame.Channels];
        _rgb.AsSpan().Fill(byte.MaxValue);
    }

    public const int LetterWidth = (Glyphs.Width + 1) * LetterZoom, LetterHeight = Glyphs.Height * LetterZoom;

    public int Width { get; }

    public int Height { get; }

    public void Fill(int left, int top, int width, int height, Ink ink)
    {
        for (int y = Math.Max(0, top); y < Math.Min(Height, top + height); y++)
        {
            for (int x = Math.Max(0, left); x < Math.Min(Width, left + width); x++) Dot(x, y, ink);
        }
    }

    /// <summary>Every fourth diagonal of a rectangle.</summary>
    public void Hatch(int left, int top, int width, int height, Ink ink)
    {
        for (int y = Math.Max(0, top); y < Math.Min(Height, top + height); y++)
        {
            for (int x = Math.Max(0, left); x < Math.Min(Width, left + width); x++)
            {
                if ((x + y) % 4 == 0) Dot(x, y, ink);
            }
        }
    }

    /// <summary>A straight line, <paramref name="thickness"/> dots wide.</summary>
    public void Line(double fromX, double fromY, double toX, double toY, Ink ink, int thickness = 1)
    {
        int steps = (int)Math.Max(1, Math.Ceiling(Math.Max(Math.Abs(toX - fromX), Math.Abs(toY - fromY))));
        for (int step = 0; step <= steps; step++)
        {
            int x = (int)Math.Round(fromX + ((toX - fromX) * step / steps)), y = (int)Math.Round(fromY + ((toY - fromY) * step / steps));
            Fill(x - (thickness / 2), y - (thickness / 2), thickness, thickness, ink);
        }
    }

    /// <summary>Text whose top left corner is there.</summary>
    public void Write(int left, int top, string text, Ink ink)
    {
        for (int place = 0; place < text.Length; place++)
        {
            for (int y = 0; y < Glyphs.Height; y++)
            {
                for (int x = 0; x < Glyphs.Width; x++)
                {
                    if (Glyphs.HasInk(text[place], x, y)) Fill(left + (place * LetterWidth) + (x * LetterZoom), top + (y * LetterZoom), LetterZoom, LetterZoom, ink);
                }
            }
        }
    }

    /// <summary>Text that ends there.</summary>
    public void WriteLeftOf(int right, int top, string text, Ink ink) => Write(right - (text.Length * LetterWidth), top, text, ink);

    public void WriteCentred(int middle, int top, string text, Ink ink) => Write(middle - (text.Length * LetterWidth / 2), top, text, ink);

    public Frame ToFrame() => new(Width, Height, [.. _rgb]);

    private void Dot(int x, int y, Ink ink)
    {
        int at = ((y * Width) + x) * Frame.Channels;
        (_rgb[at], _rgb[at + 1], _rgb[at + 2]) = (ink.Red, ink.Green, ink.Blue);
    }
}
