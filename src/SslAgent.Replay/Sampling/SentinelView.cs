using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The sentinels as they were when the view was taken. Safe to use from any thread.</summary>
public sealed class SentinelView : ISentinelSource
{
    private readonly BatchReader _reader;
    private readonly SentinelIndex _index;

    internal SentinelView(BatchReader reader, SentinelIndex index) => (_reader, _index) = (reader, index);

    public IReadOnlyList<Era> Eras => _index.Eras;

    public Batch Read(int era, Modality modality, int countMax) =>
        _reader.ReadProbe(modality, [.. Chosen(_index.Of(era, modality), countMax, static entry => entry).Select(entry => entry.ToDrawable())]);

    public Batch ReadWindows(int era, WindowShape shape, int windowsMax)
    {
        Dictionary<long, Entry> entries = _index.Of(era, Modality.Frame).Where(entry => entry.Source != 0).ToDictionary(entry => entry.Id);
        Timeline frames = TimelineOf(entries.Values), texts = TimelineOf(shape.WithTexts ? _index.Of(era, Modality.Text) : []);
        Entry[][] windows = [.. frames.Apart(shape).Select(places => places.Select(place => entries[frames[place].Id]).ToArray())];
        IEnumerable<Drawable> rows = Chosen(windows, windowsMax, static window => window[^1]).SelectMany(window => window).Select(frame => frame.ToDrawable() with
        {
            OtherId = shape.WithTexts ? texts.LastBy(frame.Source, frame.TimeMs)?.Id ?? Drawable.NoText : frame.Id,
        });
        return _reader.ReadProbeWindows(shape, [.. rows]);
    }

    /// <summary>The smallest priorities are a uniform choice, and the same one however many more sentinels the era gets.</summary>
    private static T[] Chosen<T>(T[] all, int countMax, Func<T, Entry> of) => all.Length <= countMax
        ? all
        : [.. all.OrderBy(one => of(one).Priority).Take(countMax).OrderBy(one => of(one).Id)];

    private static Timeline TimelineOf(IEnumerable<Entry> entries) => new(entries.Select(entry => new TimedSample(entry.Id, entry.Source, entry.TimeMs)));
}
