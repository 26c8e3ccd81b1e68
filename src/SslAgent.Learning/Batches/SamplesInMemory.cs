using SslAgent.Domain;

namespace SslAgent.Learning.Batches;

/// <summary>Samples that all fit into memory, for whoever trains without a replay buffer: each batch is drawn without replacement, by its key.</summary>
public sealed class SamplesInMemory : IBatchSource
{
    private readonly IReadOnlyList<Frame> _frames;
    private readonly IReadOnlyList<Domain.Text> _texts;
    private readonly IReadOnlyList<(Frame Frame, Domain.Text Text)> _pairs;

    /// <param name="frames">All of one size, at least that which the network reads.</param>
    public SamplesInMemory(IReadOnlyList<Frame> frames, IReadOnlyList<Domain.Text>? texts = null, IReadOnlyList<(Frame Frame, Domain.Text Text)>? pairs = null)
    {
        (_frames, _texts, _pairs) = (Check.NotNull(frames, "frames may be none, but not null"), texts ?? [], pairs ?? []);
        Available = new AvailableData(_frames.Count, _texts.Count, _pairs.Count);
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
}
