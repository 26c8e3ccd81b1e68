using SslAgent.Domain;
using SslAgent.Learning.Probing;

namespace SslAgent.Learning.Tests.Probing;

public sealed class RetrievalTests
{
    [Fact]
    public void A_text_is_found_where_a_frame_of_an_equal_text_is_among_the_nearest()
    {
        float[][] scores = [[1, 5, 9], [9, 1, 0], [0, 0, 1]];
        RetrievalProbe probe = Retrieval.Measure(scores, [0, 1, 0]);
        Assert.Equal(2.0 / 3, probe.RecallAt1, 1e-12); // The second text prefers the first frame.
        Assert.Equal((1.0, 1.0, 3), (probe.RecallAt10, probe.Chance, probe.Pool));
    }

    [Fact]
    public void Scores_that_are_all_equal_or_not_numbers_find_nothing()
    {
        float[][] equal = [.. Enumerable.Range(0, 20).Select(_ => new float[20])];
        Assert.Equal(0, Retrieval.Measure(equal, [.. Enumerable.Range(0, 20)]).RecallAt10);
        float[][] broken = [.. Enumerable.Range(0, 20).Select(_ => Enumerable.Repeat(float.NaN, 20).ToArray())];
        Assert.Equal(0, Retrieval.Measure(broken, [.. Enumerable.Range(0, 20)]).RecallAt10);
    }

    [Fact]
    public void Chance_is_ten_in_the_pool_for_single_frames_and_more_for_repeated_texts()
    {
        float[][] scores = [.. Enumerable.Range(0, 40).Select(_ => new float[40])];
        Assert.Equal(0.25, Retrieval.Measure(scores, [.. Enumerable.Range(0, 40)]).Chance, 1e-12);
        Assert.True(Retrieval.Measure(scores, [.. Enumerable.Range(0, 40).Select(i => i / 2)]).Chance > 0.4);
    }
}
