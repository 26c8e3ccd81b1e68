using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Probing;

namespace SslAgent.Continual.Measures;

/// <summary>Asks all questions of a stream, of an embedder or of the raw content.</summary>
internal static class Examination
{
    private const int ChunkSamples = 64;

    internal sealed record Answers(IReadOnlyList<TaskAnswers> Tasks, RetrievalRanks? Retrieval, double? Auroc);

    public static Answers Of(IEmbedder embedder, StreamData data)
    {
        float[][] Features(EmbeddingSpace space, IEnumerable<EmbeddingInput> inputs) =>
            [.. inputs.Chunk(ChunkSamples).SelectMany(chunk => embedder.Embed(space, chunk))];

        TaskAnswers[] tasks = [.. data.Tasks.Select(task => Answer(task, some => Features(task.Space, some.Select(one => one.Input))))];
        RetrievalRanks? ranks = null;
        if (data.Pairs is { } pairs && embedder.Width(EmbeddingSpace.Joint) is not null)
        {
            float[][] frames = Features(EmbeddingSpace.Joint, pairs.Frames.Select(frame => new EmbeddingInput(frame, null)));
            float[][] texts = Features(EmbeddingSpace.Joint, pairs.Texts.Select(text => new EmbeddingInput(null, text)));
            ranks = new RetrievalRanks(Recall.Ranks(texts, frames), Recall.Ranks(frames, texts));
        }

        double? auroc = data.Anomalies is { } exam && embedder.Width(EmbeddingSpace.Text) is not null
            ? Auroc(exam, texts => Features(EmbeddingSpace.Text, texts.Select(text => new EmbeddingInput(null, text))))
            : null;
        return new Answers(tasks, ranks, auroc);
    }

    public static Answers OfRaw(StreamData data) => new(
        [.. data.Tasks.Select(task => Answer(task, some => [.. some.Select(RawFeatures.Of)]))],
        null,
        data.Anomalies is { } exam ? Auroc(exam, texts => [.. texts.Select(RawFeatures.Of)]) : null);

    private static TaskAnswers Answer(LabelTask task, Func<IReadOnlyList<Labelled>, float[][]> features)
    {
        string[] classes = [.. task.Train.Select(one => one.Label).Distinct().Order(StringComparer.Ordinal)];
        int[] labels = [.. task.Train.Select(one => Array.BinarySearch(classes, one.Label, StringComparer.Ordinal))];
        // A label that only the test has can only be missed.
        int[] truth = [.. task.Test.Select(one => Array.BinarySearch(classes, one.Label, StringComparer.Ordinal))];
        float[][] train = features(task.Train), test = features(task.Test);
        return new TaskAnswers(
            task.Name, Marks(RidgeProbe.Fit(train, labels, classes.Length).Predict(test), truth), Marks(Neighbours.Vote(train, labels, classes.Length, test), truth));
    }

    private static string Marks(int[] said, int[] truth) => string.Concat(said.Zip(truth, (one, right) => one == right ? '1' : '0'));

    /// <summary>How well distance from what is normal tells anomalies: 1 perfectly, 0.5 not at all.</summary>
    private static double Auroc(AnomalyExam exam, Func<IReadOnlyList<Text>, float[][]> features)
    {
        double[] distances = Neighbours.Distances(features(exam.Normal), features(exam.Asked));
        return Measures.Auroc.Of(distances, exam.IsAnomaly);
    }
}
