using System.Runtime.InteropServices;
using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// The numbers of the samples that one cycle may draw, by modality: immutable, so that training reads them while the buffer goes on.
/// Fresh and replayed never overlap, and no text that a sentinel has is in either.
/// </summary>
internal sealed class TrainingIndex(ModalityIndex frames, ModalityIndex texts, ModalityIndex pairs)
{
    public static TrainingIndex Empty { get; } = new(ModalityIndex.Empty, ModalityIndex.Empty, ModalityIndex.Empty);

    public AvailableData Available => new(frames.Count, texts.Count, pairs.Count);

    public ModalityIndex Of(Modality modality) => modality switch
    {
        Modality.Frame => frames,
        Modality.Text => texts,
        _ => pairs,
    };

    public static TrainingIndex Of(BufferTrio buffer, ReservoirTrio fresh, BoundedSet sentinelTexts) => new(
        ModalityIndex.Of(buffer.Frames, fresh.Frames, sentinelTexts),
        ModalityIndex.Of(buffer.Texts, fresh.Texts, sentinelTexts),
        ModalityIndex.Of(buffer.Pairs, fresh.Pairs, sentinelTexts));

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
    }

    public static TrainingIndex Load(BinaryReader from) =>
        new(ModalityIndex.Load(from), ModalityIndex.Load(from), ModalityIndex.Load(from));
}

/// <summary>What may be drawn of one modality, each in order of the numbers. A pair is its frame's and its text's number.</summary>
internal sealed class ModalityIndex((long Id, long OtherId)[] fresh, (long Id, long OtherId)[] replayed)
{
    public static ModalityIndex Empty { get; } = new([], []);

    public (long Id, long OtherId)[] Fresh => fresh;

    public (long Id, long OtherId)[] Replayed => replayed;

    public int Count => fresh.Length + replayed.Length;

    public static ModalityIndex Of(IReplayBuffer buffer, Reservoir fresh, BoundedSet sentinelTexts)
    {
        (long Id, long OtherId)[] isFresh = Trainable(fresh, sentinelTexts, known: []);
        return new ModalityIndex(isFresh, Trainable(buffer, sentinelTexts, [.. isFresh.Select(ids => ids.Id)]));
    }

    public void CollectLive(ISet<long> ids)
    {
        foreach ((long id, long otherId) in fresh.Concat(replayed))
        {
            ids.Add(id);
            ids.Add(otherId);
        }
    }

    public void Save(BinaryWriter to)
    {
        Save(to, fresh);
        Save(to, replayed);
    }

    public static ModalityIndex Load(BinaryReader from) => new(LoadIds(from), LoadIds(from));

    /// <summary>Those that may be trained on and are not known yet, in order. An id stands once in a buffer, also a pair's: its frame's.</summary>
    private static (long Id, long OtherId)[] Trainable(IReplayBuffer buffer, BoundedSet sentinelTexts, HashSet<long> known)
    {
        var ids = new List<long>(buffer.Count);
        var otherIds = new List<long>(buffer.Count);
        foreach (Entry entry in buffer.Entries())
        {
            // A text may have been admitted before a sentinel turned out to be its duplicate.
            if ((entry.TextHash != 0 && sentinelTexts.Contains(entry.TextHash)) || known.Contains(entry.Id)) continue;
            ids.Add(entry.Id);
            otherIds.Add(entry.OtherId);
        }

        // Bare numbers sort several times faster than entries, and a cycle's beginning holds up the stream.
        CollectionsMarshal.AsSpan(ids).Sort(CollectionsMarshal.AsSpan(otherIds));
        return [.. ids.Zip(otherIds)];
    }

    private static void Save(BinaryWriter to, (long Id, long OtherId)[] ids)
    {
        to.Write(ids.Length);
        foreach ((long id, long otherId) in ids)
        {
            to.Write(id);
            to.Write(otherId);
        }
    }

    private static (long, long)[] LoadIds(BinaryReader from)
    {
        var ids = new (long, long)[from.ReadInt32()];
        for (int i = 0; i < ids.Length; i++) ids[i] = (from.ReadInt64(), from.ReadInt64());
        return ids;
    }
}
