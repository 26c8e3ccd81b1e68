using System.Collections.Concurrent;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class RowSlicesTests
{
    private static readonly RowSlices.Slice[] Groups = [new(0, 5), new(5, 1), new(6, 7)];

    private static readonly long[] Rows = [17, 3, 4, 0, 9, 12, 1, 19, 6, 7, 8, 15, 2];

    [Theory]
    [InlineData(1, 64)]
    [InlineData(4, 64)]
    [InlineData(4, 112)]
    public void Every_chosen_row_is_edited_once_in_its_group_whoever_does_the_work(int threads, int side)
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(20, side, side), before = pixels.clone();
        var seen = new ConcurrentBag<RowSlices.Slice>();
        Tensor added = arange(1, 14, ScalarType.Float32).view(13, 1, 1, 1);
        RowSlices.Edit(
            pixels, Rows, Groups, (slice, place) =>
            {
                seen.Add(place);
                Assert.Equal(place.Count, slice.shape[0]);
                return slice + place.Of(added);
            }, threads);
        Tensor expected = before.index_copy(0, tensor(Rows), before.index_select(0, tensor(Rows)) + added);
        Pictures.Same(expected, pixels);
        Assert.Equal(Enumerable.Range(0, 13), seen.SelectMany(place => Enumerable.Range(place.First, place.Count)).Order());
        Assert.All(seen, place => Assert.Contains(Groups, group => group.First <= place.First && place.First + place.Count <= group.First + group.Count));
    }

    [Fact]
    public void No_rows_are_no_work()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(2, 8, 8);
        RowSlices.Edit(pixels, [], (_, _) => throw new InvalidOperationException("nothing is to be edited"));
        Pictures.Same(Pictures.Noise(2, 8, 8), pixels);
    }
}
