using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>One reservoir each for frames, texts and pairs.</summary>
internal sealed class ReservoirTrio(Reservoir frames, Reservoir texts, Reservoir pairs)
{
    public Reservoir Frames => frames;

    public Reservoir Texts => texts;

    public Reservoir Pairs => pairs;

    public Reservoir Of(Modality modality) => modality switch
    {
        Modality.Frame => frames,
        Modality.Text => texts,
        _ => pairs,
    };

    public int RemoveAll(Predicate<Entry> match) => frames.RemoveAll(match) + texts.RemoveAll(match) + pairs.RemoveAll(match);

    /// <summary>Takes everything that another three hold, and leaves those as if nothing had ever been offered to them.</summary>
    public void TakeOver(ReservoirTrio other)
    {
        frames.TakeOver(other.Frames);
        texts.TakeOver(other.Texts);
        pairs.TakeOver(other.Pairs);
    }

    public void Clear()
    {
        frames.Clear();
        texts.Clear();
        pairs.Clear();
    }

    /// <summary>Adds the numbers of all samples that the entries stand for.</summary>
    public void CollectLive(ISet<long> ids) => AsBuffers().CollectLive(ids);

    public void Save(BinaryWriter to) => AsBuffers().Save(to);

    public void Load(BinaryReader from) => AsBuffers().Load(from);

    private BufferTrio AsBuffers() => new(frames, texts, pairs);
}
