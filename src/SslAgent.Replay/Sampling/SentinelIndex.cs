using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The numbers of the sentinels at one moment, by era and modality, each in order of the numbers: immutable.</summary>
internal sealed class SentinelIndex(IReadOnlyList<Era> eras, IReadOnlyDictionary<(int Era, Modality Modality), Entry[]> entries)
{
    public static SentinelIndex Empty { get; } = new([], new Dictionary<(int, Modality), Entry[]>());

    public IReadOnlyList<Era> Eras => eras;

    public Entry[] Of(int era, Modality modality) => entries.TryGetValue((era, modality), out Entry[]? kept) ? kept : [];

    public static SentinelIndex Of(EraTable table)
    {
        var entries = new Dictionary<(int, Modality), Entry[]>();
        var eras = new List<Era>();
        foreach (EraSentinels era in table.All)
        {
            foreach (Modality modality in Enum.GetValues<Modality>()) entries[(era.Number, modality)] = era.Sentinels.Of(modality).Sorted();
            eras.Add(new Era(era.Number, era.Name, era.Sentinels.Frames.Count, era.Sentinels.Texts.Count, era.Sentinels.Pairs.Count));
        }

        return new SentinelIndex(eras, entries);
    }

    public void CollectLive(ISet<long> ids)
    {
        foreach (Entry entry in entries.Values.SelectMany(kept => kept))
        {
            ids.Add(entry.Id);
            ids.Add(entry.OtherId);
        }
    }

    public void Save(BinaryWriter to)
    {
        to.Write(eras.Count);
        foreach (Era era in eras)
        {
            to.Write(era.Number);
            to.Write(era.Name);
            foreach (Modality modality in Enum.GetValues<Modality>()) Save(to, Of(era.Number, modality));
        }
    }

    public static SentinelIndex Load(BinaryReader from)
    {
        var eras = new List<Era>();
        var entries = new Dictionary<(int, Modality), Entry[]>();
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            (int number, string name) = (from.ReadInt32(), from.ReadString());
            foreach (Modality modality in Enum.GetValues<Modality>()) entries[(number, modality)] = LoadEntries(from);
            eras.Add(new Era(
                number, name, entries[(number, Modality.Frame)].Length,
                entries[(number, Modality.Text)].Length, entries[(number, Modality.Pair)].Length));
        }

        return new SentinelIndex(eras, entries);
    }

    private static void Save(BinaryWriter to, Entry[] kept)
    {
        to.Write(kept.Length);
        foreach (Entry entry in kept)
        {
            to.Write(entry.Id);
            to.Write(entry.OtherId);
            to.Write(entry.Priority);
            to.Write(entry.Source);
            to.Write(entry.TimeMs);
        }
    }

    private static Entry[] LoadEntries(BinaryReader from)
    {
        var entries = new Entry[from.ReadInt32()];
        for (int i = 0; i < entries.Length; i++) entries[i] = new Entry(from.ReadInt64(), from.ReadInt64(), from.ReadUInt64(), 0, 0, from.ReadInt32(), from.ReadInt64());
        return entries;
    }
}
