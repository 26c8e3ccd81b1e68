using System.Text;
using SslAgent.Domain;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests;

public sealed class EmbedderTests
{
    [Fact]
    public void Vectors_do_not_depend_on_who_else_is_in_the_batch()
    {
        using StoredSnapshot stored = Trained(Some.Plan());
        using Embedder embedder = Open(stored);
        EmbeddingInput[] texts = [Text("red on blue"), Text("green"), Text("a line that is cut because it is far too long for this")];
        float[][] together = embedder.Embed(EmbeddingSpace.Text, texts);
        for (var row = 0; row < texts.Length; row++)
            Fixture.Near(embedder.Embed(EmbeddingSpace.Text, [texts[row]])[0], together[row], 1e-5f, "text " + row);
        EmbeddingInput[] frames = [Frame(1), Frame(2), Frame(3)];
        float[][] pictures = embedder.Embed(EmbeddingSpace.Joint, frames);
        Fixture.Near(embedder.Embed(EmbeddingSpace.Joint, [frames[1]])[0], pictures[1], 1e-5f, "frame");
        Assert.All(pictures, vector => Assert.Equal(1, vector.Sum(value => value * value), 1e-4f));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.9)]
    public void It_computes_what_the_learner_probes(double emaDecay)
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { EmaDecay = emaDecay });
        using Learner learner = Fresh(plan);
        learner.RunCycle(new CycleNumber(1), 0, 30, new KeyedSource(60, 60, 60), _ => true, null);
        RetrievalProbe probe = learner.Probe(new Sentinels()).Retrieval!;
        using IModelSnapshot snapshot = learner.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        using Embedder embedder = Open(stored);
        Batch pool = Some.Batch(Modality.Pair, 10_000, 40);
        float[][] frames = embedder.Embed(EmbeddingSpace.Joint, [.. pool.Frames.Select(frame => new EmbeddingInput(frame, null))]);
        float[][] texts = embedder.Embed(EmbeddingSpace.Joint, [.. pool.Texts.Select(text => new EmbeddingInput(null, text))]);
        float[][] scores = [.. texts.Select(text => frames.Select(frame => frame.Zip(text, (a, b) => a * b).Sum()).ToArray())];
        string[] names = [.. pool.Texts.Select(text => text.ToString())];
        RetrievalProbe own = Learning.Probing.Retrieval.Measure(scores, [.. names.Select(name => Array.IndexOf(names, name))]);
        Assert.Equal(probe.RecallAt10, own.RecallAt10, 0.06); // Ties may fall either way.
        Assert.Equal(probe.Chance, own.Chance, 1e-12);
        Assert.Equal(emaDecay > 0 ? "ema" : "raw", snapshot.Served);
    }

    [Fact]
    public void Spaces_that_a_version_does_not_have_are_null_and_tokens_are_counted_after_truncation()
    {
        LearnerPlan plan = Some.Plan();
        using Learner young = Some.Learner(plan);
        using (IModelSnapshot snapshot = young.Snapshot())
        using (var stored = new StoredSnapshot(snapshot))
        using (Embedder embedder = Open(stored))
        {
            Assert.Equal(32, embedder.Width(EmbeddingSpace.Frames));
            Assert.Null(embedder.Width(EmbeddingSpace.Text));
            Assert.Null(embedder.Width(EmbeddingSpace.Joint));
        }

        using StoredSnapshot trained = Trained(plan);
        using Embedder older = Open(trained);
        Assert.Equal((32, 32, 16), (older.Width(EmbeddingSpace.Frames), older.Width(EmbeddingSpace.Text), older.Width(EmbeddingSpace.Joint)));
        Assert.Equal(5, older.CountTokens(new Domain.Text("abc"u8.ToArray())));
        Assert.Equal(16, older.CountTokens(new Domain.Text(new byte[100])));
    }

    [Fact]
    public void Frames_of_any_size_are_embedded_and_bf16_is_near_fp32()
    {
        using StoredSnapshot stored = Trained(Some.Plan());
        using Embedder exact = Open(stored);
        using Embedder quick = Embedder.Open(stored, CPU, ComputeDtype.Bf16, _ => new ByteTokenizer());
        EmbeddingInput[] frames = [new(Some.Frame(1, 48), null), new(Some.Frame(2, 16), null), new(Some.Frame(3, 20), null)];
        float[][] expected = exact.Embed(EmbeddingSpace.Frames, frames), actual = quick.Embed(EmbeddingSpace.Frames, frames);
        for (var row = 0; row < frames.Length; row++) Fixture.Near(expected[row], actual[row], 0.05f, "frame " + row);
        Assert.Empty(exact.Embed(EmbeddingSpace.Frames, []));
    }

    [Fact]
    public void Embedding_leaves_no_tensors_behind()
    {
        using StoredSnapshot stored = Trained(Some.Plan());
        long before = Tensor.TotalCount;
        using (Embedder embedder = Open(stored))
        {
            for (var i = 0; i < 5; i++) embedder.Embed(EmbeddingSpace.Joint, [Frame(i), Frame(i + 1)]);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static EmbeddingInput Text(string text) => new(null, new Domain.Text(Encoding.UTF8.GetBytes(text)));

    private static EmbeddingInput Frame(int number) => new(Some.Frame(number), null);

    private static Embedder Open(StoredSnapshot stored) => Embedder.Open(stored, CPU, ComputeDtype.Fp32, _ => new ByteTokenizer());

    private static Learner Fresh(LearnerPlan plan)
    {
        Learner learner = Some.Learner(plan);
        learner.AdoptTokenizer(new ByteTokenizer());
        return learner;
    }

    private static StoredSnapshot Trained(LearnerPlan plan)
    {
        using Learner learner = Fresh(plan);
        learner.RunCycle(new CycleNumber(1), 0, 6, new KeyedSource(60, 60, 60), _ => true, null);
        using IModelSnapshot snapshot = learner.Snapshot();
        return new StoredSnapshot(snapshot);
    }
}
