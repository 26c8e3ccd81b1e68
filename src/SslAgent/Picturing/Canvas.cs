using SslAgent.Domain;

namespace SslAgent.Picturing;

/// <summary>A colour, 0 to 255 each.</summary>
internal readonly record struct Ink(byte Red, byte Green, byte Blue)
{
    /// <summary>Between two colours: 0 is the first, 1 the second.</summary>
    public static Ink Between(Ink from, Ink to, double share)
    {
        double at = Math.Clamp(share, 0, 1);
        return new Ink(Mix(from.Red, to.Red), Mix(from.Green, to.Green), Mix(from.Blue, to.Blue));

        byte Mix(byte one, byte other) => (byte)Math.Round(one + ((other - one) * at));
    }
}

/// <summary>A picture to draw rectangles and labels on. What lies outside is cut off.</summary>
internal sealed class Canvas
{
    private readonly int _width, _height;
    private readonly byte[] _rgb;

    public Canvas(int width, int height, Ink paper)
    {
        Check.That(width > 0 && height > 0, "a canvas has a size");
        (_width, _height, _rgb) = (width, height, new byte[width * height * Frame.Channels]);
        Fill(0, 0, width, height, paper);
    }

    public void Fill(int left, int top, int width, int height, Ink ink)
    {
        for (int y = Math.Max(0, top); y < Math.Min(_height, top + height); y++)
            for (int x = Math.Max(0, left); x < Math.Min(_width, left + width); x++)
                Set(x, y, ink);
    }

    /// <summary>Every fourth diagonal of a rectangle.</summary>
    public void Hatch(int left, int top, int width, int height, Ink ink)
    {
        for (int y = Math.Max(0, top); y < Math.Min(_height, top + height); y++)
        {
            for (int x = Math.Max(0, left); x < Math.Min(_width, left + width); x++)
            {
                if ((x + y) % 4 == 0) Set(x, y, ink);
            }
        }
    }

    public void Write(string text, int left, int top, Ink ink, int zoom)
    {
        for (int letter = 0; letter < text.Length; letter++)
        {
            for (int y = 0; y < PixelFont.Height; y++)
            {
                for (int x = 0; x < PixelFont.Width; x++)
                {
                    if (PixelFont.IsSet(text[letter], x, y))
                        Fill(left + (((letter * (PixelFont.Width + 1)) + x) * zoom), top + (y * zoom), zoom, zoom, ink);
                }
            }
        }
    }

    public Frame ToFrame() => new(_width, _height, [.. _rgb]);

    private void Set(int x, int y, Ink ink)
    {
        int at = ((y * _width) + x) * Frame.Channels;
        (_rgb[at], _rgb[at + 1], _rgb[at + 2]) = (ink.Red, ink.Green, ink.Blue);
    }
}
