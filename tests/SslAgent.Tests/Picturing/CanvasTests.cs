using SslAgent.Domain;
using SslAgent.Picturing;

namespace SslAgent.Tests.Picturing;

public sealed class CanvasTests
{
    [Fact]
    public void What_is_drawn_stands_where_it_was_drawn_and_what_lies_outside_is_cut_off()
    {
        Ink red = new(200, 10, 20);
        var canvas = new Canvas(64, 64);
        canvas.Fill(-5, -5, 69, 13, red);
        canvas.Write(4, 20, "A1", Ink.Black);
        canvas.Line(0, 50, 63, 50, red);
        Frame drawn = canvas.ToFrame();
        Assert.Equal((red, Ink.White), (At(drawn, 63, 7), At(drawn, 63, 8)));
        Assert.Contains(Enumerable.Range(0, Canvas.LetterHeight), y => At(drawn, 4, 20 + y) == Ink.Black);
        Assert.All(Enumerable.Range(0, 64), x => Assert.Equal(Ink.White, At(drawn, x, 40)));
        Assert.All(Enumerable.Range(0, 64), x => Assert.Equal(red, At(drawn, x, 50)));
    }

    [Fact]
    public void A_letter_is_its_glyph_twice_as_large()
    {
        var canvas = new Canvas(Canvas.LetterWidth, Canvas.LetterHeight);
        canvas.Write(0, 0, "R", Ink.Black);
        Frame drawn = canvas.ToFrame();
        for (int y = 0; y < Glyphs.Height; y++)
            for (int x = 0; x < Glyphs.Width; x++)
                Assert.Equal(Glyphs.HasInk('R', x, y) ? Ink.Black : Ink.White, At(drawn, 2 * x + 1, 2 * y));
    }

    [Fact]
    public void Every_printable_letter_but_the_blank_has_a_shape_of_its_own()
    {
        string[] shapes = [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(letter => string.Concat(
            from y in Enumerable.Range(0, Glyphs.Height)
            from x in Enumerable.Range(0, Glyphs.Width)
            select Glyphs.HasInk((char)letter, x, y) ? '#' : '.'))];
        Assert.DoesNotContain('#', shapes[0]);
        Assert.Equal(shapes.Length, shapes.Distinct().Count());
    }

    private static Ink At(Frame frame, int x, int y)
    {
        int at = ((y * frame.Width) + x) * Frame.Channels;
        return new Ink(frame.Rgb[at], frame.Rgb[at + 1], frame.Rgb[at + 2]);
    }
}
