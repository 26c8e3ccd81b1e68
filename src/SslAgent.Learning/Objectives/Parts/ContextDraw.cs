using SslAgent.Domain;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>A context and the target blocks that are to be predicted from it, of each frame of a batch.</summary>
/// <param name="Context">Patches of the context, row-major [B·K].</param>
/// <param name="Targets">Patches of the target blocks, the first block of every frame, then the second, and so on [T·B·M].</param>
internal sealed record ContextMask(int[] Context, int[] Targets);

/// <summary>
/// I-JEPA's multi-block masks. Assran et al., "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture" (CVPR 2023), section 3: four target blocks, over each other too, each 15 to 20 % of the
/// frame with a ratio of sides from 3/4 to 3/2; one context block of 85 to 100 %, square, less all that is in a target. Drawn on the host.
/// </summary>
/// <remarks>
/// We differ: the sizes of the blocks are drawn once for a batch, and contexts are as large as the smallest of the batch (what is left out is drawn), so that a batch is one tensor; where targets leave less than an
/// eighth of the frame they are laid anew, and where that does not help they are all laid upon one another.
/// </remarks>
internal static class ContextDraw
{
    private const int Attempts = 10;

    /// <summary>The frame divided by this is the least that a context has.</summary>
    private const int ContextDivisor = 8;

    private const double TargetAreaMin = 0.15, TargetAreaMax = 0.2, RatioMin = 0.75, RatioMax = 1.5, ContextAreaMin = 0.85;

    private readonly record struct Size(int Width, int Height);

    public static ContextMask Draw(int rows, int grid, int targets, DrawKey key)
    {
        Check.That(grid > 1, "a frame has a part to predict from and a part to predict");
        var chance = new Philox(key);
        Size target = SizeOf(grid, Between(TargetAreaMin, TargetAreaMax, ref chance), Between(RatioMin, RatioMax, ref chance), grid - 1); // Never a whole side: something is around it.
        Size context = SizeOf(grid, Between(ContextAreaMin, 1, ref chance), 1, grid);
        var contexts = new int[rows][];
        var blocks = new int[rows][][];
        for (var row = 0; row < rows; row++) (contexts[row], blocks[row]) = DrawRow(grid, targets, context, target, ref chance);
        int least = contexts.Min(patches => patches.Length);
        foreach (int[] patches in contexts) MaskDraw.ChooseFirst(patches, least, ref chance);
        return new ContextMask(
            [.. contexts.SelectMany(patches => patches.Take(least))],
            [.. Enumerable.Range(0, targets).SelectMany(number => blocks.SelectMany(row => row[number]))]);
    }

    private static (int[] Context, int[][] Blocks) DrawRow(int grid, int targets, Size contextSize, Size targetSize, ref Philox chance)
    {
        int least = Math.Max(1, grid * grid / ContextDivisor);
        var blocks = new int[targets][];
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            for (var number = 0; number < targets; number++) blocks[number] = Lay(grid, targetSize, ref chance);
            int[] left = [.. Lay(grid, contextSize, ref chance).Except(blocks.SelectMany(block => block))];
            if (left.Length >= least) return (left, blocks);
        }

        Array.Fill(blocks, blocks[0]);
        return ([.. Enumerable.Range(0, grid * grid).Except(blocks[0])], blocks);
    }

    /// <summary>A block's sides in patches.</summary>
    /// <param name="most">The longest side.</param>
    private static Size SizeOf(int grid, double area, double ratio, int most)
    {
        double patches = area * grid * grid;
        return new Size(Math.Clamp((int)Math.Round(Math.Sqrt(patches / ratio)), 1, most), Math.Clamp((int)Math.Round(Math.Sqrt(patches * ratio)), 1, most));
    }

    /// <summary>The patches of a block laid at random.</summary>
    private static int[] Lay(int grid, Size size, ref Philox chance)
    {
        int top = chance.NextInt(grid - size.Height + 1), left = chance.NextInt(grid - size.Width + 1);
        return [.. Enumerable.Range(0, size.Width * size.Height).Select(cell => ((top + (cell / size.Width)) * grid) + left + (cell % size.Width))];
    }

    private static double Between(double min, double max, ref Philox chance) => min + ((max - min) * chance.NextDouble());
}
