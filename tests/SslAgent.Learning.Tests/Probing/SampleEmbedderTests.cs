using SslAgent.Domain;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Probing;

public sealed class SampleEmbedderTests
{
    [Fact]
    public void The_same_weights_and_samples_give_the_same_rows_and_no_weight_changes_or_tensor_stays()
    {
        using Learner learner = Trained();
        string digest = learner.Digest();
        float[][] first = Rows(learner, Modality.Frame, 0, 12);
        long tensors = Tensor.TotalCount;
        float[][] second = Rows(learner, Modality.Frame, 0, 12);
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.Equal(first, second);
        Assert.Equal(digest, learner.Digest());
        Assert.All(first, row => Assert.Equal(64, row.Length));
    }

    [Theory]
    [InlineData(Modality.Frame)]
    [InlineData(Modality.Text)]
    [InlineData(Modality.Pair)]
    public void Copies_lie_in_one_place_and_others_elsewhere(Modality modality)
    {
        using Learner learner = Trained();
        using ISampleEmbedder embedder = learner.OpenSampleEmbedder();
        Batch once = Some.Batch(modality, 0, 6);
        var twice = new Batch(modality, [.. once.Ids, .. once.Ids], [.. once.Frames, .. once.Frames], [.. once.Texts, .. once.Texts]);
        IReadOnlyList<float[]> rows = Check.NotNull(embedder.Embed(twice), "there is a tokenizer");
        for (int i = 0; i < 6; i++)
        {
            Assert.InRange(Cosine(rows[i], rows[i + 6]), 0.99999, 1.00001);
            for (int j = 0; j < i; j++)
            {
                bool isSameText = modality == Modality.Text && once.Texts[i].ToString() == once.Texts[j].ToString();
                if (!isSameText) Assert.True(Cosine(rows[i], rows[j]) < 0.9999, $"{modality} {i} and {j}: {Cosine(rows[i], rows[j])}");
            }
        }
    }

    [Fact]
    public void A_pair_is_the_sum_of_its_halves_directions()
    {
        using Learner learner = Trained();
        float[] pair = Rows(learner, Modality.Pair, 3, 1)[0], frame = Rows(learner, Modality.Frame, 3, 1)[0], text = Rows(learner, Modality.Text, 3, 1)[0];
        for (int i = 0; i < pair.Length; i++) Assert.Equal(frame[i] + text[i], pair[i], 1e-5f);
        Assert.Equal(1, Cosine(frame, frame), 1e-6);
    }

    [Fact]
    public void Before_the_tokenizer_texts_cannot_be_embedded_and_a_pair_is_its_frame()
    {
        using Learner learner = Some.Learner(Some.Plan());
        using ISampleEmbedder embedder = learner.OpenSampleEmbedder();
        Assert.Null(embedder.Embed(Some.Batch(Modality.Text, 0, 3)));
        IReadOnlyList<float[]>? frames = embedder.Embed(Some.Batch(Modality.Frame, 0, 3)), pairs = embedder.Embed(Some.Batch(Modality.Pair, 0, 3));
        Assert.NotNull(frames);
        Assert.Equal(frames, pairs);
    }

    private static float[][] Rows(Learner learner, Modality modality, int first, int count)
    {
        using ISampleEmbedder embedder = learner.OpenSampleEmbedder();
        return [.. Check.NotNull(embedder.Embed(Some.Batch(modality, first, count)), "there is a tokenizer")];
    }

    private static Learner Trained()
    {
        Learner learner = Some.Learner(Some.Plan());
        learner.AdoptTokenizer(new ByteTokenizer());
        learner.RunCycle(new CycleNumber(1), 0, 12, new KeyedSource(40, 40, 40), _ => true, null);
        return learner;
    }

    private static double Cosine(float[] one, float[] other)
    {
        double dot = 0, mine = 0, theirs = 0;
        for (int i = 0; i < one.Length; i++) (dot, mine, theirs) = (dot + (one[i] * other[i]), mine + (one[i] * one[i]), theirs + (other[i] * other[i]));
        return dot / Math.Sqrt(mine * theirs);
    }
}
