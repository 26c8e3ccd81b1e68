using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Batches;

public sealed class SamplesInMemoryTests
{
    private static readonly SamplesInMemory Samples = new(
        [.. Enumerable.Range(0, 10).Select(number => Some.Frame(number))], [.. Enumerable.Range(0, 3).Select(Some.Text)], [(Some.Frame(7), Some.Text(7))]);

    [Fact]
    public void A_batch_has_each_sample_once_and_the_same_key_gives_the_same()
    {
        Batch batch = Samples.Draw(Modality.Frame, 10, Key(1));
        Assert.Equal(Enumerable.Range(0, 10), batch.Ids.Select(id => (int)id.Sequence).Order());
        Assert.All(batch.Ids.Zip(batch.Frames), one => Assert.Equal(Some.Frame((int)one.First.Sequence).Rgb, one.Second.Rgb));
        Assert.Equal(batch.Ids, Samples.Draw(Modality.Frame, 10, Key(1)).Ids);
        Assert.NotEqual(batch.Ids, Samples.Draw(Modality.Frame, 10, Key(2)).Ids);
    }

    [Fact]
    public void Each_modality_has_its_own_and_no_more_than_there_are()
    {
        Assert.Equal(new AvailableData(10, 3, 1), Samples.Available);
        Assert.Equal((0, 3), (Samples.Draw(Modality.Text, 8, Key(1)).Frames.Count, Samples.Draw(Modality.Text, 8, Key(1)).Texts.Count));
        Batch pairs = Samples.Draw(Modality.Pair, 8, Key(1));
        Assert.Equal((1, 1), (pairs.Frames.Count, pairs.Texts.Count));
    }

    private static DrawKey Key(int step) => new(Some.Seed, 0, step, ChanceStream.Sampling);
}
