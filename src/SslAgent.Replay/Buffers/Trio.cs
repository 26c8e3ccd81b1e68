using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>One buffer each for frames, texts and pairs.</summary>
internal abstract class Trio<TBuffer>(TBuffer frames, TBuffer texts, TBuffer pairs)
    where TBuffer : IReplayBuffer
{
    public TBuffer Frames => frames;

    public TBuffer Texts => texts;

    public TBuffer Pairs => pairs;

    protected IReadOnlyList<TBuffer> All { get; } = [frames, texts, pairs];

    public TBuffer Of(Modality modality) => modality switch
    {
        Modality.Frame => frames,
        Modality.Text => texts,
        _ => pairs,
    };

    public int RemoveAll(Predicate<Entry> match) => All.Sum(buffer => buffer.RemoveAll(match));

    /// <summary>Adds the numbers of all samples that the entries stand for.</summary>
    public void CollectLive(ISet<long> ids)
    {
        foreach (Entry entry in All.SelectMany(buffer => buffer.Entries()))
        {
            ids.Add(entry.Id);
            ids.Add(entry.OtherId);
        }
    }

    public void Save(BinaryWriter to)
    {
        foreach (TBuffer buffer in All) buffer.Save().Write(to);
    }

    public void Load(BinaryReader from)
    {
        foreach (TBuffer buffer in All) buffer.Load(SavedBuffer.Read(from));
    }
}
