using SslAgent.Domain;
using SslAgent.Learning.Options;
using SslAgent.Learning.Probing;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Regularizing;

public sealed class EmbeddingReplayTests
{
    private static readonly CycleNumber First = new(1), Second = new(2);

    [Fact]
    public void The_distance_is_one_less_the_mean_cosine_of_projected_features_and_remembered_directions()
    {
        using var scope = NewDisposeScope();
        float[] features = [1, 2, -0.5f, 3, 1, 1], signs = [1, -1, 1, 1, -1, 1], directions = [2, 1, -4, 3];
        const int rows = 2, width = 3, projected = 2;
        double cosines = 0;
        for (var row = 0; row < rows; row++)
        {
            double product = 0, mine = 0, theirs = 0;
            for (var j = 0; j < projected; j++)
            {
                double now = Enumerable.Range(0, width).Sum(i => (double)features[row * width + i] * signs[i * projected + j]), then = directions[row * projected + j];
                product += now * then;
                mine += now * now;
                theirs += then * then;
            }

            cosines += product / Math.Sqrt(mine * theirs);
        }

        Tensor distance = EmbeddingReplay.Distance(
            tensor(features).view(rows, width), tensor(signs).view(width, projected), tensor(directions).view(rows, projected));
        Assert.Equal(1 - cosines / rows, distance.item<float>(), 1e-5);
        Tensor same = tensor(features).view(rows, width).mm(tensor(signs).view(width, projected));
        Assert.Equal(0, EmbeddingReplay.Distance(tensor(features).view(rows, width), tensor(signs).view(width, projected), same * 7).item<float>(), 1e-5);
        Assert.Equal(2, EmbeddingReplay.Distance(tensor(features).view(rows, width), tensor(signs).view(width, projected), same * -3).item<float>(), 1e-5);
    }

    [Fact]
    public void A_quarter_of_a_batch_is_held_at_most_and_only_what_is_remembered()
    {
        Batch batch = Some.Batch(Modality.Frame, 0, 12);
        var memory = new Known([.. Enumerable.Range(4, 8)]);
        Recollection? some = Recollection.Of(batch, memory);
        Assert.NotNull(some);
        Assert.Equal([4, 5, 6], some.Rows);
        Assert.Equal([4f, 5f, 6f], some.Directions.Chunk(SampleEmbedder.Width).Select(direction => direction[0]));
        Assert.Null(Recollection.Of(batch, new Known([])));
    }

    [Theory]
    [InlineData("mae")]
    [InlineData("mlm")]
    public void What_is_remembered_stays_nearer_to_where_it_lay(string objective)
    {
        LearningOptions learning = Some.SmallLearning with { LearningRate = 5e-3, BatchSize = 24, Objectives = [new ObjectiveOptions { Name = objective }] };
        Modality modality = objective == "mae" ? Modality.Frame : Modality.Text;
        double free = Distance(learning with { EmbeddingReplay = 0 }, modality), held = Distance(learning with { EmbeddingReplay = 10 }, modality);
        Assert.True(held < 0.5 * free, $"{objective}: {held} held, {free} free");
    }

    [Fact]
    public void Where_nothing_is_remembered_it_changes_nothing()
    {
        Assert.Equal(DigestWith(new Known([]), 0), DigestWith(new Known([]), 2));
        Assert.NotEqual(DigestWith(new Known([.. Enumerable.Range(0, 40)]), 0), DigestWith(new Known([.. Enumerable.Range(0, 40)]), 2));
    }

    private static string DigestWith(Known memory, double weight)
    {
        using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { EmbeddingReplay = weight }));
        learner.AdoptTokenizer(new ByteTokenizer());
        learner.Remember(memory);
        learner.RunCycle(First, 0, 6, new KeyedSource(40, 40, 40), _ => true, null);
        return learner.Digest();
    }

    /// <summary>How far samples have moved, by the mean of 1 less the cosine, after a cycle that saw them.</summary>
    private static double Distance(LearningOptions learning, Modality modality)
    {
        using Learner learner = Some.Learner(Some.Plan(learning));
        learner.AdoptTokenizer(new ByteTokenizer());
        var source = new KeyedSource(40, 40, 0);
        learner.RunCycle(First, 0, 9, source, _ => true, null);
        Batch all = Some.Batch(modality, 0, 40);
        IReadOnlyList<float[]> before = Embed(learner, all);
        learner.Remember(new Known([.. Enumerable.Range(0, 40)], before));
        learner.RunCycle(Second, 0, 60, source, _ => true, null);
        return before.Zip(Embed(learner, all), (then, now) => 1 - then.Zip(now, (a, b) => (double)a * b).Sum()).Average();
    }

    private static IReadOnlyList<float[]> Embed(Learner learner, Batch batch)
    {
        using ISampleEmbedder embedder = learner.OpenSampleEmbedder();
        return Check.NotNull(embedder.Embed(batch), "these can be embedded");
    }

    /// <summary>Remembers some samples, each in a direction of its own or where it was told.</summary>
    private sealed class Known(IReadOnlyList<int> ids, IReadOnlyList<float[]>? directions = null) : ISampleMemory
    {
        public float[]? Find(Modality modality, SampleId id)
        {
            if (!ids.Contains((int)id.Sequence)) return null;
            if (directions is not null) return directions[(int)id.Sequence];
            var direction = new float[SampleEmbedder.Width];
            Array.Fill(direction, id.Sequence);
            direction[^1] = 1;
            return direction;
        }
    }
}
