using SslAgent.Continual.Plotting;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;

namespace SslAgent.Continual.Tests.Plotting;

public sealed class CanvasTests
{
    [Fact]
    public void A_saved_picture_is_the_drawn_one_and_its_letters_have_ink()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("canvas-").FullName, "a.png");
        var canvas = new Canvas(64, 64);
        canvas.Fill(0, 0, 64, 8, Ink.Distinct[1]);
        canvas.Write(4, 20, "A1", Ink.Black);
        canvas.Save(path);
        Domain.Frame? read = new VipsFrameCodec(new FrameOptions()).Decode(File.ReadAllBytes(path)).Frame;
        Assert.NotNull(read);
        Assert.Equal(Ink.Distinct[1], new Ink(read.Rgb[0], read.Rgb[1], read.Rgb[2]));
        Assert.Contains(Enumerable.Range(20 * 64, 16 * 64), dot => read.Rgb[dot * 3] == Ink.Black.Red);
        Assert.All(Enumerable.Range(40 * 64, 64), dot => Assert.Equal(byte.MaxValue, read.Rgb[dot * 3]));
        Directory.Delete(Path.GetDirectoryName(path) ?? path, recursive: true);
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

    [Fact]
    public void Ticks_are_round_and_within_the_axis()
    {
        (double Value, string Label)[] ticks = [.. new Axis(0.12, 0.87, 0, 400).Ticks()];
        Assert.InRange(ticks.Length, 3, 8);
        Assert.All(ticks, tick => Assert.InRange(tick.Value, 0.08, 0.91));
        Assert.All(ticks, tick => Assert.Equal(tick.Value, double.Parse(tick.Label, System.Globalization.CultureInfo.InvariantCulture), 9));
    }
}
