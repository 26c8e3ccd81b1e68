using System.Runtime.InteropServices;

namespace SslAgent.Replay;

/// <summary>What may be drawn of one modality, each in order of the numbers. A pair is its frame's and its text's number.</summary>
internal sealed class ModalityIndex(Drawable[] fresh, Drawable[] replayed)
{
    public static ModalityIndex Empty { get; } = new([], []);

    public Drawable[] Fresh => fresh;

    public Drawable[] Replayed => replayed;

    public int Count => fresh.Length + replayed.Length;

    /// <summary>The same with nothing told apart as fresh: each is drawn as often as any other.</summary>
    public ModalityIndex Together() => new([], [.. fresh.Concat(replayed).OrderBy(one => one.Id)]);

    public static ModalityIndex Of(IReplayBuffer buffer, Reservoir fresh, BoundedSet sentinelTexts)
    {
        Drawable[] isFresh = Trainable(fresh, sentinelTexts, known: []);
        return new ModalityIndex(isFresh, Trainable(buffer, sentinelTexts, [.. isFresh.Select(one => one.Id)]));
    }

    /// <summary>Those of both kinds that are true of something.</summary>
    public ModalityIndex Where(Func<Drawable, bool> match) => new([.. fresh.Where(match)], [.. replayed.Where(match)]);

    public void CollectLive(ISet<long> ids)
    {
        foreach (Drawable one in fresh.Concat(replayed))
        {
            ids.Add(one.Id);
            ids.Add(one.OtherId);
        }
    }

    public void Save(BinaryWriter to)
    {
        Save(to, fresh);
        Save(to, replayed);
    }

    public static ModalityIndex Load(BinaryReader from) => new(LoadAll(from), LoadAll(from));

    /// <summary>Those that may be trained on and are not known yet, in order. An id stands once in a buffer, also a pair's: its frame's.</summary>
    private static Drawable[] Trainable(IReplayBuffer buffer, BoundedSet sentinelTexts, HashSet<long> known)
    {
        var ids = new List<long>(buffer.Count);
        var all = new List<Drawable>(buffer.Count);
        foreach (Entry entry in buffer.Entries())
        {
            // A text may have been admitted before a sentinel turned out to be its duplicate.
            if ((entry.TextHash != 0 && sentinelTexts.Contains(entry.TextHash)) || known.Contains(entry.Id)) continue;
            ids.Add(entry.Id);
            all.Add(entry.ToDrawable());
        }

        // By bare numbers what belongs to them sorts several times faster than by itself, and a cycle's beginning holds up the stream.
        CollectionsMarshal.AsSpan(ids).Sort(CollectionsMarshal.AsSpan(all));
        return [.. all];
    }

    private static void Save(BinaryWriter to, Drawable[] all)
    {
        to.Write(all.Length);
        foreach (Drawable one in all) one.Save(to);
    }

    private static Drawable[] LoadAll(BinaryReader from)
    {
        var all = new Drawable[from.ReadInt32()];
        for (int i = 0; i < all.Length; i++) all[i] = Drawable.Load(from);
        return all;
    }
}
