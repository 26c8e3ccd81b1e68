using SslAgent.Domain;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// Hidden blocks of neighbouring patches. Bao et al., "BEiT: BERT Pre-Training of Image Transformers" (ICLR 2022), section 2.3, algorithm 1: rectangles are laid at random, over each other too, until as much is
/// hidden as is wanted. Drawn on the host.
/// </summary>
/// <remarks>We differ: every frame has exactly as many hidden patches, so that a batch is one tensor; the last block is cut where they are reached. A block's ratio is drawn evenly in its logarithm, as in the reference code (microsoft/unilm, beit).</remarks>
internal static class BlockDraw
{
    /// <summary>The smallest block is 16 of 14·14 patches in the paper, and its ratio of sides at least 0.3.</summary>
    private const double AreaMin = 16.0 / (14 * 14), RatioMin = 0.3;

    /// <returns>Kept [rows·(N - hidden)] and hidden [rows·hidden] patches of a grid of N, row-major, ascending in each row.</returns>
    public static (int[] Kept, int[] Hidden) Split(int rows, int grid, int hidden, DrawKey key)
    {
        int count = grid * grid;
        Check.That(hidden > 0 && hidden < count, "something is kept and something hidden");
        var chance = new Philox(key);
        var keptAll = new List<int>(rows * (count - hidden));
        var hiddenAll = new List<int>(rows * hidden);
        var covered = new bool[count];
        for (var row = 0; row < rows; row++)
        {
            Array.Clear(covered);
            for (var left = hidden; left > 0;) left -= Cover(covered, grid, left, ref chance);
            for (var patch = 0; patch < count; patch++) (covered[patch] ? hiddenAll : keptAll).Add(patch);
        }

        return ([.. keptAll], [.. hiddenAll]);
    }

    /// <summary>Lays one block and says how many patches it hid that were not hidden before, at most <paramref name="most"/>.</summary>
    private static int Cover(Span<bool> covered, int grid, int most, ref Philox chance)
    {
        double smallest = Math.Max(1, AreaMin * covered.Length);
        double area = smallest + ((Math.Max(smallest, most) - smallest) * chance.NextDouble());
        double ratio = Math.Exp(((2 * chance.NextDouble()) - 1) * Math.Log(1 / RatioMin));
        int height = Math.Clamp((int)Math.Round(Math.Sqrt(area * ratio)), 1, grid), width = Math.Clamp((int)Math.Round(Math.Sqrt(area / ratio)), 1, grid);
        int top = chance.NextInt(grid - height + 1), left = chance.NextInt(grid - width + 1);
        var fresh = 0;
        for (int y = top; y < top + height; y++)
        {
            for (int x = left; x < left + width && fresh < most; x++)
            {
                int patch = (y * grid) + x;
                if (!covered[patch]) fresh++;
                covered[patch] = true;
            }
        }

        return fresh;
    }
}
