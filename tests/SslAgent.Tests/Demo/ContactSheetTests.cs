using SslAgent.Demo;
using SslAgent.Domain;

namespace SslAgent.Tests.Demo;

public sealed class ContactSheetTests
{
    [Fact]
    public void Frames_stand_in_a_grid_with_a_margin_and_are_enlarged()
    {
        Frame red = new(1, 1, [255, 0, 0]), blue = new(1, 1, [0, 0, 255]);

        Frame sheet = ContactSheet.Compose([[red, blue], [blue, red]], zoom: 2);

        Assert.Equal((16, 16), (sheet.Width, sheet.Height)); // 3 margins of 4 and 2 cells of 2
        Assert.Equal([255, 0, 0], Pixel(sheet, 4, 4));
        Assert.Equal([255, 0, 0], Pixel(sheet, 5, 5));
        Assert.Equal([0, 0, 255], Pixel(sheet, 10, 4));
        Assert.Equal([0, 0, 255], Pixel(sheet, 5, 11));
        Assert.Equal([236, 236, 236], Pixel(sheet, 0, 0));
        Assert.Equal([236, 236, 236], Pixel(sheet, 7, 7));
    }

    [Fact]
    public void A_grid_with_a_hole_is_a_bug()
    {
        Frame dot = new(1, 1, [0, 0, 0]);

        Assert.Throws<BrokenInvariantException>(() => ContactSheet.Compose([[dot, dot], [dot]], zoom: 1));
    }

    private static byte[] Pixel(Frame frame, int x, int y) => frame.Rgb.AsSpan(((y * frame.Width) + x) * 3, 3).ToArray();
}
