using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The sentinels as they were when the view was taken. Safe to use from any thread.</summary>
public sealed class SentinelView : ISentinelSource
{
    private readonly BatchReader _reader;
    private readonly SentinelIndex _index;

    internal SentinelView(BatchReader reader, SentinelIndex index) => (_reader, _index) = (reader, index);

    public IReadOnlyList<Era> Eras => _index.Eras;

    public Batch Read(int era, Modality modality, int countMax)
    {
        Entry[] entries = _index.Of(era, modality);
        // The smallest priorities are a uniform choice, and the same one however many more sentinels the era gets.
        IEnumerable<Entry> chosen = entries.Length <= countMax
            ? entries
            : entries.OrderBy(entry => entry.Priority).Take(countMax).OrderBy(entry => entry.Id);
        return _reader.ReadProbe(modality, [.. chosen.Select(entry => (entry.Id, entry.OtherId))]);
    }
}
