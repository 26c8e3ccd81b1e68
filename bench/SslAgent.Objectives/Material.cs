using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Learning.Batches;

namespace SslAgent.Objectives;

/// <summary>What methods of one ground learn from and are asked about.</summary>
/// <param name="Source">Without labels.</param>
/// <param name="Held">What no method saw, for its own loss.</param>
/// <param name="Texts">What the tokenizer is made of; none where nobody reads.</param>
internal sealed record Material(SamplesInMemory Source, ISentinelSource Held, IReadOnlyList<Text> Texts, LabelTask Task, PairExam? Pairs = null)
{
    /// <summary>Samples to learn from.</summary>
    public int Count => Source.Available.Frames + Source.Available.Texts + Source.Available.Pairs;

    public static Material OfLogs(StreamData data)
    {
        LabelTask task = data.Tasks[0];
        Text[] lines = [.. data.Items.Select(item => item.Text).OfType<Text>()];
        return new Material(new SamplesInMemory([], lines), new HeldOutEra { Texts = [.. task.Test.Select(one => one.Text).OfType<Text>()] }, lines, task);
    }

    public static Material OfPairs(StreamData data)
    {
        PairExam exam = Check.NotNull(data.Pairs, "a stream of pairs comes with pairs to ask about");
        (Frame, Text)[] pairs = [.. from item in data.Items where item is { Frame: not null, Text: not null } select (item.Frame, item.Text)];
        var held = new HeldOutEra { Frames = exam.Frames, Pairs = [.. exam.Frames.Zip(exam.Texts)] };
        return new Material(new SamplesInMemory([], null, pairs), held, [.. pairs.Select(pair => pair.Item2)], data.Tasks[0], exam);
    }
}
