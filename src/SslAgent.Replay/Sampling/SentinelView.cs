using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The sentinels as they were when the view was taken. Safe to use from any thread.</summary>
public sealed class SentinelView : ISentinelSource
{
    private readonly Journal _journal;
    private readonly Dictionary<(int Era, Modality Modality), Entry[]> _entries = [];

    internal SentinelView(Journal journal, EraTable eras)
    {
        _journal = journal;
        var views = new List<Era>();
        foreach (EraSentinels era in eras.All)
        {
            foreach (Modality modality in Enum.GetValues<Modality>()) _entries[(era.Number, modality)] = era.Sentinels.Of(modality).Sorted();
            views.Add(new Era(era.Number, era.Name, era.Sentinels.Frames.Count, era.Sentinels.Texts.Count, era.Sentinels.Pairs.Count));
        }

        Eras = views;
    }

    public IReadOnlyList<Era> Eras { get; }

    public Batch Read(int era, Modality modality, int countMax)
    {
        Entry[] entries = _entries.TryGetValue((era, modality), out Entry[]? kept) ? kept : [];
        // The smallest priorities are a uniform choice, and the same one however many more sentinels the era gets.
        IEnumerable<Entry> chosen = entries.Length <= countMax
            ? entries
            : entries.OrderBy(entry => entry.Priority).Take(countMax).OrderBy(entry => entry.Id);
        return BatchReader.Read(_journal, modality, [.. chosen.Select(entry => (entry.Id, entry.OtherId))]);
    }
}
