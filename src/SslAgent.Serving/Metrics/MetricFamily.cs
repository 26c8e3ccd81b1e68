using System.Collections.Concurrent;

namespace SslAgent.Serving.Metrics;

/// <summary>All series of one name. Bounded: labels beyond <see cref="SeriesMax"/> sets are left out and counted.</summary>
internal sealed class MetricFamily(string name, string help, MetricKind kind, bool isObserved, double[] bounds)
{
    public const int SeriesMax = 500;

    private readonly ConcurrentDictionary<string, NumberSeries> _numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HistogramSeries> _histograms = new(StringComparer.Ordinal);
    private long _dropped;

    public string Name => name;

    public string Help => help;

    public MetricKind Kind => kind;

    public bool IsObserved => isObserved;

    public double[] Bounds => bounds;

    /// <summary>Measurements that found no room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public IEnumerable<KeyValuePair<string, HistogramSeries>> Histograms => _histograms.OrderBy(series => series.Key, StringComparer.Ordinal);

    /// <summary>Counters and gauges; of observed ones those that were seen at this scrape.</summary>
    public IEnumerable<KeyValuePair<string, NumberSeries>> Numbers(long scrape) =>
        _numbers.Where(series => !isObserved || series.Value.SeenAt == scrape).OrderBy(series => series.Key, StringComparer.Ordinal);

    /// <summary>Makes room in an observed family: what was not seen at this scrape may never come again, as eras and sources do.</summary>
    public void ForgetUnseen(long scrape)
    {
        if (!isObserved) return;
        foreach (KeyValuePair<string, NumberSeries> series in _numbers)
        {
            if (series.Value.SeenAt != scrape) _numbers.TryRemove(series);
        }
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, long scrape)
    {
        Span<char> text = stackalloc char[tags.Length == 0 ? 0 : LabelText.LengthMax];
        ReadOnlySpan<char> labels = text[..LabelText.Write(tags, text)];
        if (kind == MetricKind.Histogram) SeriesOf(_histograms, labels, () => new HistogramSeries(bounds))?.Record(value);
        else if (SeriesOf(_numbers, labels, static () => new NumberSeries()) is { } series) RecordNumber(series, value, scrape);
    }

    private void RecordNumber(NumberSeries series, double value, long scrape)
    {
        if (isObserved)
        {
            series.SeenAt = scrape;
            series.Set(value);
        }
        else if (kind == MetricKind.Gauge && IsAbsolute)
        {
            series.Set(value);
        }
        else if (kind == MetricKind.Gauge || value > 0)
        {
            // A counter only rises; a negative step would read as a restart.
            series.Add(value);
        }
    }

    /// <summary>A gauge that is set, not moved up and down.</summary>
    public bool IsAbsolute { get; init; }

    private T? SeriesOf<T>(ConcurrentDictionary<string, T> series, ReadOnlySpan<char> labels, Func<T> create)
        where T : class
    {
        if (series.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(labels, out T? known)) return known;
        if (series.Count < SeriesMax) return series.GetOrAdd(labels.ToString(), static (_, make) => make(), create);
        Interlocked.Increment(ref _dropped);
        return null;
    }
}
