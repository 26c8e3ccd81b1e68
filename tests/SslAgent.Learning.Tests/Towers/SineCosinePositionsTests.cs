using SslAgent.Domain;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Towers;

public sealed class SineCosinePositionsTests
{
    [Fact]
    public void A_grid_of_the_towers_own_size_has_its_places_bit_for_bit()
    {
        Assert.Equal(SineCosinePositions.Table(5, 8), SineCosinePositions.Table(5, 8, own: 5));
    }

    [Theory]
    [InlineData(2, 4, new[] { 0.5, 2.5 })]
    [InlineData(3, 8, new[] { 5.0 / 6, 3.5, 37.0 / 6 })]
    [InlineData(4, 2, new[] { -0.25, 0.25, 0.75, 1.25 })]
    public void Another_grids_patches_lie_where_their_middles_are_in_the_picture(int grid, int own, double[] places)
    {
        float[] table = SineCosinePositions.Table(grid, 4, own);
        for (var patch = 0; patch < grid * grid; patch++)
        {
            double column = places[patch % grid], row = places[patch / grid];
            float[] expected = [(float)Math.Sin(column), (float)Math.Cos(column), (float)Math.Sin(row), (float)Math.Cos(row)];
            Fixture.Near(expected, table[(patch * 4)..((patch + 1) * 4)], 1e-6f, $"patch {patch}");
        }
    }

    [Fact]
    public void A_tower_takes_frames_of_any_whole_number_of_patches_and_refuses_others()
    {
        using var fixture = Fixture.OfViews();
        Assert.Equal([2L, 16L], fixture.Towers.Vision.Pool(zeros(2, 3, 8, 8)).shape);
        Assert.Equal([2L, 16L], fixture.Towers.Vision.Pool(zeros(2, 3, 20, 20)).shape);
        Assert.Throws<BrokenInvariantException>(() => fixture.Towers.Vision.Pool(zeros(2, 3, 10, 10)));
        Assert.Throws<BrokenInvariantException>(() => fixture.Towers.Vision.Pool(zeros(2, 3, 8, 16)));
    }
}
