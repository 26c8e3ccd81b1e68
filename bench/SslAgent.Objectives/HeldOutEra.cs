using SslAgent.Domain;

namespace SslAgent.Objectives;

/// <summary>What is asked about, as one era, for the network's own held-out loss and the health of its features.</summary>
internal sealed class HeldOutEra : ISentinelSource
{
    public IReadOnlyList<Frame> Frames { get; init; } = [];

    public IReadOnlyList<Text> Texts { get; init; } = [];

    public IReadOnlyList<(Frame Frame, Text Text)> Pairs { get; init; } = [];

    /// <summary>Whose each frame is and when it was; none where nobody knows.</summary>
    public IReadOnlyList<Moment> Moments { get; init; } = [];

    public IReadOnlyList<Era> Eras => [new Era(0, "test", Frames.Count, Texts.Count, Pairs.Count)];

    public Batch Read(int era, Modality modality, int countMax)
    {
        SampleId[] Ids(int count) => [.. Enumerable.Range(0, Math.Min(count, countMax)).Select(place => new SampleId(place))];
        return modality switch
        {
            Modality.Frame => new Batch(modality, Ids(Frames.Count), [.. Frames.Take(countMax)], []),
            Modality.Text => new Batch(modality, Ids(Texts.Count), [], [.. Texts.Take(countMax)]),
            _ => new Batch(modality, Ids(Pairs.Count), [.. Pairs.Take(countMax).Select(pair => pair.Frame)], [.. Pairs.Take(countMax).Select(pair => pair.Text)]),
        };
    }

    /// <summary>All moments are of one source: a film's.</summary>
    public Batch ReadWindows(int era, WindowShape shape, int windowsMax)
    {
        var timeline = new Timeline(Moments.Select((moment, place) => new TimedSample(place, 0, moment.TimeMs)));
        int[] places = [.. timeline.Apart(shape).Take(windowsMax).SelectMany(window => window).Select(place => (int)timeline[place].Id)];
        return new Batch(Modality.Frame, [.. places.Select(place => new SampleId(place))], [.. places.Select(place => Frames[place])], []) { WindowFrames = shape.Frames };
    }
}
