using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Picturing;

namespace SslAgent.Tests.Picturing;

public sealed class MatrixPictureTests
{
    private static readonly ForgettingMatrix Matrix = ForgettingMatrix.Of(
    [
        Version(1, Era(0, 0.60)), Version(2, Era(0, 0.40), Era(1, 0.70, set: 1)), Version(3, Era(0, 0.60), Era(1, 0.50)),
    ]);

    [Fact]
    public void What_rose_again_is_red_and_the_lowest_loss_is_dark()
    {
        MatrixInk ink = new(Matrix, "mae");
        Ink best = ink.Of(Matrix.Find(new ModelVersion(2), 0, "mae")!), risen = ink.Of(Matrix.Find(new ModelVersion(3), 0, "mae")!);
        Ink first = ink.Of(Matrix.Find(new ModelVersion(1), 0, "mae")!);
        Assert.True(best.Red < 40 && best.Blue > best.Red, best.ToString());
        Assert.True(risen.Red > 200 && risen.Green < 60, risen.ToString());
        Assert.NotEqual(risen, first);
        Assert.Equal((0.4, 0.7), (ink.Lowest, ink.Highest));
    }

    [Fact]
    public void Every_cell_has_its_place_in_the_picture_and_no_other_has_colour()
    {
        Frame picture = MatrixPicture.Draw(Matrix)!;
        Assert.Equal(picture.Width * picture.Height * 3, picture.Rgb.Length);
        // Column 36 pixels wide behind 106 of margin and label; rows of 18 below 14 + 44.
        Assert.Equal(new MatrixInk(Matrix, "mae").Of(Matrix.Find(new ModelVersion(3), 0, "mae")!), At(picture, 106 + (2 * 36) + 10, 58 + 5));
        Assert.Equal(new Ink(255, 255, 255), At(picture, 106 + 10, 58 + 18 + 5));
        Assert.Contains(new Ink(255, 255, 255), Enumerable.Range(0, 8).Select(x => At(picture, 106 + 36 + x, 58 + 18 + 5)));
        Assert.Null(MatrixPicture.Draw(ForgettingMatrix.Of([Version(1)])));
    }

    [Fact]
    public void A_line_of_many_versions_still_fits()
    {
        ForgettingMatrix many = ForgettingMatrix.Of([.. Enumerable.Range(1, 600).Select(number => Version(number, Era(0, 0.5), Era(1, 0.6)))]);
        Assert.InRange(MatrixPicture.Draw(many)!.Width, 600, 1400);
    }

    private static Ink At(Frame frame, int x, int y)
    {
        int at = ((y * frame.Width) + x) * 3;
        return new Ink(frame.Rgb[at], frame.Rgb[at + 1], frame.Rgb[at + 2]);
    }

    private static EraProbe Era(int era, double loss, long set = 7) => new(era, "mae", loss, 0.01, 1, 64, set);

    private static VersionManifest Version(int number, params EraProbe[] eras)
    {
        using JsonDocument plan = JsonDocument.Parse("{}");
        return new VersionManifest(
            new ModelVersion(number), null, null, VersionKind.Cycle, "lineage", DateTimeOffset.UnixEpoch, new CycleNumber(number), 1, 0, [], Verdict.Promoted,
            new ProbeReport(eras, [], null), null, "raw", "", plan.RootElement.Clone(), "", true, null, []);
    }
}
