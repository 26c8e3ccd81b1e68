using SslAgent.Domain;

namespace SslAgent.Continual.Streams;

/// <summary>One message of a stream.</summary>
/// <param name="Source">Who sent it; where eras go by source, its era.</param>
/// <param name="TimeMs">The message's own time.</param>
internal sealed record StreamItem(string Source, long TimeMs, Frame? Frame, Text? Text)
{
    public Sample ToSample(int place) => new(new SourceOffset("stream", 0, 0, place), Source, TimeMs, null, null, Frame, Text);
}

/// <summary>Something with a label. Only the measuring sees labels; nothing is trained by them.</summary>
internal sealed record Labelled(Frame? Frame, Text? Text, string Label)
{
    public EmbeddingInput Input => new(Frame, Frame is null ? Text : null);
}

/// <summary>A question about frozen features: learn the labels of some from them, say those of others.</summary>
/// <param name="Test">Never a message of the stream.</param>
internal sealed record LabelTask(string Name, EmbeddingSpace Space, IReadOnlyList<Labelled> Train, IReadOnlyList<Labelled> Test);

/// <summary>Pictures and words that belong together, none of them from the stream.</summary>
internal sealed record PairExam(IReadOnlyList<Frame> Frames, IReadOnlyList<Text> Texts);

/// <summary>Lines that are known to be normal, and others with the truth about them.</summary>
internal sealed record AnomalyExam(string Name, IReadOnlyList<Text> Normal, IReadOnlyList<Text> Asked, IReadOnlyList<bool> IsAnomaly);

/// <summary>A stream in its order, and the questions about what was learned from it.</summary>
internal sealed record StreamData(IReadOnlyList<StreamItem> Items, IReadOnlyList<LabelTask> Tasks, PairExam? Pairs = null, AnomalyExam? Anomalies = null)
{
    /// <summary>The same with a shorter stream and smaller questions, evenly thinned: for trying things out.</summary>
    public StreamData Thinned(int itemsMax) => this with
    {
        Items = Thin.Evenly(Items, itemsMax),
        Tasks = [.. Tasks.Select(task => task with { Train = Thin.Evenly(task.Train, itemsMax), Test = Thin.Evenly(task.Test, itemsMax) })],
        Pairs = Pairs is { } pairs ? new PairExam(Thin.Evenly(pairs.Frames, itemsMax), Thin.Evenly(pairs.Texts, itemsMax)) : null,
    };
}
