using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// The numbers of the samples that one cycle may draw, by modality: immutable, so that training reads them while the buffer goes on.
/// Fresh and replayed never overlap, and no text that a sentinel has is in either.
/// </summary>
/// <param name="sources">Names of the sources, by number.</param>
internal sealed class TrainingIndex(ModalityIndex frames, ModalityIndex texts, ModalityIndex pairs, IReadOnlyList<string> sources)
{
    public static TrainingIndex Empty { get; } = new(ModalityIndex.Empty, ModalityIndex.Empty, ModalityIndex.Empty, []);

    public AvailableData Available => new(frames.Count, texts.Count, pairs.Count);

    public IReadOnlyList<string> Sources => sources;

    public ModalityIndex Of(Modality modality) => modality switch
    {
        Modality.Frame => frames,
        Modality.Text => texts,
        _ => pairs,
    };

    public static TrainingIndex Of(BufferTrio buffer, ReservoirTrio fresh, BoundedSet sentinelTexts, IReadOnlyList<string> sources) => new(
        ModalityIndex.Of(buffer.Frames, fresh.Frames, sentinelTexts),
        ModalityIndex.Of(buffer.Texts, fresh.Texts, sentinelTexts),
        ModalityIndex.Of(buffer.Pairs, fresh.Pairs, sentinelTexts),
        sources);

    /// <summary>The same with nothing told apart as fresh.</summary>
    public TrainingIndex Together() => new(frames.Together(), texts.Together(), pairs.Together(), sources);

    public void CollectLive(ISet<long> ids)
    {
        frames.CollectLive(ids);
        texts.CollectLive(ids);
        pairs.CollectLive(ids);
    }

    public void Save(BinaryWriter to)
    {
        frames.Save(to);
        texts.Save(to);
        pairs.Save(to);
        to.Write(sources.Count);
        foreach (string name in sources) to.Write(name);
    }

    public static TrainingIndex Load(BinaryReader from) =>
        new(ModalityIndex.Load(from), ModalityIndex.Load(from), ModalityIndex.Load(from), LoadNames(from));

    private static string[] LoadNames(BinaryReader from)
    {
        var names = new string[from.ReadInt32()];
        for (int i = 0; i < names.Length; i++) names[i] = from.ReadString();
        return names;
    }
}
