using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Objectives.Parts;

public sealed class MaskDrawTests
{
    private static readonly DrawKey Key = new(Some.Seed, 3, 4, ChanceStream.Masking);

    [Fact]
    public void Every_row_splits_all_numbers_and_another_key_splits_them_otherwise()
    {
        (int[] kept, int[] hidden) = MaskDraw.Split(50, 16, 4, Key);
        for (var row = 0; row < 50; row++)
            Assert.Equal(Enumerable.Range(0, 16), kept[(row * 4)..(row * 4 + 4)].Concat(hidden[(row * 12)..(row * 12 + 12)]).Order());
        Assert.Equal(kept, MaskDraw.Split(50, 16, 4, Key).Kept);
        Assert.NotEqual(kept, MaskDraw.Split(50, 16, 4, Key with { Step = 5 }).Kept);
    }

    [Fact]
    public void Every_number_is_kept_equally_often()
    {
        (int[] kept, _) = MaskDraw.Split(8000, 16, 4, Key);
        int[] counts = [.. kept.CountBy(number => number).Select(count => count.Value)];
        Assert.Equal(16, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 1840, 2160)); // 2000, four standard deviations either way
    }
}
