using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class BlockDrawTests
{
    private const int Grid = 8, Patches = Grid * Grid, Hidden = 32, Rows = 400;

    private static readonly DrawKey Key = new(Some.Seed, 3, 4, ChanceStream.Masking);

    [Fact]
    public void Every_row_splits_all_patches_with_as_many_hidden_as_were_asked_for()
    {
        foreach (int hidden in new[] { 1, 7, Hidden, Patches - 1 })
        {
            (int[] kept, int[] gone) = BlockDraw.Split(20, Grid, hidden, Key);
            for (var row = 0; row < 20; row++)
                Assert.Equal(Enumerable.Range(0, Patches), kept.Chunk(Patches - hidden).ElementAt(row).Concat(gone.Chunk(hidden).ElementAt(row)).Order());
        }

        Assert.Equal(BlockDraw.Split(20, Grid, Hidden, Key).Hidden, BlockDraw.Split(20, Grid, Hidden, Key).Hidden);
        Assert.NotEqual(BlockDraw.Split(20, Grid, Hidden, Key).Hidden, BlockDraw.Split(20, Grid, Hidden, Key with { Step = 5 }).Hidden);
    }

    [Fact]
    public void Hidden_patches_lie_together_far_more_than_scattered_ones_do()
    {
        double blocks = HiddenNeighbours(BlockDraw.Split(Rows, Grid, Hidden, Key).Hidden), scattered = HiddenNeighbours(MaskDraw.Split(Rows, Patches, Patches - Hidden, Key).Hidden);
        Assert.InRange(scattered, 0.47, 0.51); // (M - 1) / (N - 1)
        Assert.True(blocks > 0.7, $"{blocks} of the neighbours of hidden patches are hidden, by seed {Some.Seed}");
    }

    [Fact]
    public void No_place_is_hidden_in_all_rows_or_in_none()
    {
        int[] counts = [.. BlockDraw.Split(Rows, Grid, Hidden, Key).Hidden.CountBy(patch => patch).Select(count => count.Value)];
        Assert.Equal(Patches, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, Rows / 20, Rows * 19 / 20)); // Corners are covered more seldom than the middle.
    }

    /// <summary>Share of hidden ones among the four neighbours of hidden patches.</summary>
    private static double HiddenNeighbours(int[] hidden)
    {
        int asked = 0, found = 0;
        foreach (int[] row in hidden.Chunk(Hidden))
        {
            foreach (int patch in row)
            {
                foreach ((int dx, int dy) in new[] { (1, 0), (-1, 0), (0, 1), (0, -1) })
                {
                    int x = (patch % Grid) + dx, y = (patch / Grid) + dy;
                    if (x is < 0 or >= Grid || y is < 0 or >= Grid) continue;
                    asked++;
                    if (row.Contains((y * Grid) + x)) found++;
                }
            }
        }

        return (double)found / asked;
    }
}
