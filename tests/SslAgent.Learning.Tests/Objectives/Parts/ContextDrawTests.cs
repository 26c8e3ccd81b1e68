using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class ContextDrawTests
{
    private const int Rows = 32, Blocks = 4;

    private static readonly DrawKey Key = new(Some.Seed, 3, 4, ChanceStream.Masking);

    [Theory]
    [InlineData(8)]
    [InlineData(14)]
    [InlineData(4)]
    [InlineData(2)]
    public void No_patch_of_a_context_is_in_a_target_of_its_frame_and_targets_are_whole_rectangles(int grid)
    {
        for (var step = 0; step < 50; step++)
        {
            ContextMask mask = ContextDraw.Draw(Rows, grid, Blocks, Key with { Step = step });
            int[][] contexts = [.. mask.Context.Chunk(mask.Context.Length / Rows)], blocks = [.. mask.Targets.Chunk(mask.Targets.Length / (Rows * Blocks))];
            Assert.Equal(Blocks * Rows, blocks.Length);
            for (var index = 0; index < blocks.Length; index++)
            {
                Assert.Empty(contexts[index % Rows].Intersect(blocks[index]));
                int width = blocks[index].Max(patch => patch % grid) - blocks[index].Min(patch => patch % grid) + 1, height = (blocks[index].Max() / grid) - (blocks[index].Min() / grid) + 1;
                Assert.Equal(width * height, blocks[index].Distinct().Count());
            }

            Assert.All(contexts, context => Assert.Equal(context.Length, context.Distinct().Count()));
            Assert.All(contexts, context => Assert.InRange(context.Length, Math.Max(1, grid * grid / 8), grid * grid));
        }
    }

    [Fact]
    public void Targets_of_a_large_grid_have_the_papers_sizes_and_shapes()
    {
        const int grid = 40;
        for (var step = 0; step < 50; step++)
        {
            ContextMask mask = ContextDraw.Draw(1, grid, Blocks, Key with { Step = step });
            int[] block = [.. mask.Targets.Take(mask.Targets.Length / Blocks)];
            double width = block.Max(patch => patch % grid) - block.Min(patch => patch % grid) + 1, height = (block.Max() / grid) - (block.Min() / grid) + 1;
            Assert.InRange(width * height / (grid * grid), 0.14, 0.21);
            Assert.InRange(height / width, 0.7, 1.6);
            Assert.InRange(mask.Context.Length / (double)(grid * grid), 0.125, 0.85);
        }
    }

    [Fact]
    public void The_same_key_draws_the_same_and_another_otherwise()
    {
        ContextMask mask = ContextDraw.Draw(Rows, 8, Blocks, Key), again = ContextDraw.Draw(Rows, 8, Blocks, Key), other = ContextDraw.Draw(Rows, 8, Blocks, Key with { Step = 5 });
        Assert.Equal(mask.Context, again.Context);
        Assert.Equal(mask.Targets, again.Targets);
        Assert.NotEqual(mask.Targets, other.Targets);
    }
}
