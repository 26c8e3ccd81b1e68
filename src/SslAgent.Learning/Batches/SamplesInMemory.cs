using System.Collections.Concurrent;
using SslAgent.Domain;

namespace SslAgent.Learning.Batches;

/// <summary>Samples that all fit into memory, for whoever trains without a replay buffer: each batch is drawn without replacement, by its key.</summary>
public sealed class SamplesInMemory : IBatchSource
{
    private readonly IReadOnlyList<Frame> _frames;
    private readonly IReadOnlyList<Domain.Text> _texts;
    private readonly IReadOnlyList<(Frame Frame, Domain.Text Text)> _pairs;
    private readonly IReadOnlyList<Moment> _moments;
    private readonly Timeline _timeline;
    private readonly ConcurrentDictionary<WindowShape, int[]> _ends = []; // Asked for in every step.

    /// <param name="frames">All of one size, at least that which the network reads.</param>
    /// <param name="moments">Whose each frame is and when it was, for objectives that learn from windows of time; null: nobody knows.</param>
    public SamplesInMemory(
        IReadOnlyList<Frame> frames, IReadOnlyList<Domain.Text>? texts = null, IReadOnlyList<(Frame Frame, Domain.Text Text)>? pairs = null, IReadOnlyList<Moment>? moments = null)
    {
        (_frames, _texts, _pairs, _moments) = (Check.NotNull(frames, "frames may be none, but not null"), texts ?? [], pairs ?? [], moments ?? []);
        Check.That(moments is null || moments.Count == _frames.Count, "each frame has its moment");
        Available = new AvailableData(_frames.Count, _texts.Count, _pairs.Count);
        Dictionary<string, int> sources = _moments.Select(moment => moment.Source).Distinct(StringComparer.Ordinal).Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        _timeline = new Timeline(_moments.Select((moment, place) => new TimedSample(place, sources[moment.Source], moment.TimeMs)));
    }

    public AvailableData Available { get; }

    /// <summary>A sample's id is its place in its list.</summary>
    public Batch Draw(Modality modality, int count, DrawKey key)
    {
        int[] order = [.. Enumerable.Range(0, Available.Of(modality))];
        new Philox(key).Shuffle<int>(order);
        int[] chosen = order[..Math.Min(count, order.Length)];
        SampleId[] ids = [.. chosen.Select(place => new SampleId(place))];
        return modality switch
        {
            Modality.Frame => new Batch(modality, ids, [.. chosen.Select(place => _frames[place])], []),
            Modality.Text => new Batch(modality, ids, [], [.. chosen.Select(place => _texts[place])]),
            _ => new Batch(modality, ids, [.. chosen.Select(place => _pairs[place].Frame)], [.. chosen.Select(place => _pairs[place].Text)]),
        };
    }

    public int CountWindows(WindowShape shape) => EndsOf(shape).Length;

    /// <summary>No text stands beside the frames: texts here have no time.</summary>
    public Batch DrawWindows(WindowShape shape, int count, DrawKey key)
    {
        int[] ends = [.. EndsOf(shape)];
        new Philox(key).Shuffle<int>(ends);
        int[] places = [.. ends.Take(count).SelectMany(end => _timeline.WindowAt(end, shape) ?? []).Select(place => (int)_timeline[place].Id)];
        return new Batch(Modality.Frame, [.. places.Select(place => new SampleId(place))], [.. places.Select(place => _frames[place])], [])
        {
            WindowFrames = shape.Frames,
            Moments = [.. places.Select(place => _moments[place])],
        };
    }

    private int[] EndsOf(WindowShape shape) => _ends.GetOrAdd(shape, wanted => [.. _timeline.Ends(wanted)]);
}
