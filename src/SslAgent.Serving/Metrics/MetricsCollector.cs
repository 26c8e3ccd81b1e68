using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace SslAgent.Serving.Metrics;

/// <summary>
/// Listens to the meters of this process whose names it is given and keeps their sums for <c>/metrics</c>. Rooms declare instruments of
/// System.Diagnostics.Metrics and know nothing of this. The server makes it at start, before most of them, and disposes it.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private static readonly double[] SecondsBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300];
    private static readonly double[] OtherBounds = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536];

    private readonly Func<Meter, bool> _wanted;
    private readonly ILogger _log;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _scraping = new();
    private long _scrape;

    public MetricsCollector(Func<Meter, bool> wanted, ILogger log)
    {
        _wanted = wanted;
        _log = log;
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Record((double)value, tags, state));
        _listener.Start();
    }

    /// <summary>The agent's own meters and the runtime's.</summary>
    public static bool IsOurs(Meter meter) => meter.Name.StartsWith("SslAgent.", StringComparison.Ordinal) || meter.Name == "System.Runtime";

    /// <summary>The text of one scrape.</summary>
    public string Scrape()
    {
        lock (_scraping)
        {
            _scrape++;
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (Exception broken)
            {
                // Policy: an observed instrument that throws is left out of this scrape and reported; the others are in it.
                ServingLog.ObservationFailed(_log, broken);
            }

            foreach (MetricFamily family in _families.Values) family.ForgetUnseen(_scrape);
            return PrometheusText.Write(_families.Values.OrderBy(family => family.Name, StringComparer.Ordinal), _scrape);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!_wanted(instrument.Meter)) return;
        if (MetricKinds.Of(instrument) is not { } kind)
        {
            ServingLog.InstrumentLeftOut(_log, instrument.Name, "its sort is unknown");
            return;
        }

        string name = MetricName.Of(instrument, kind);
        MetricFamily family = _families.GetOrAdd(name, _ => FamilyOf(instrument, name, kind));
        if (family.Kind != kind || family.IsObserved != instrument.IsObservable)
        {
            ServingLog.InstrumentLeftOut(_log, instrument.Name, "another instrument of this name is of another sort");
            return;
        }

        listener.EnableMeasurementEvents(instrument, family);
    }

    private static MetricFamily FamilyOf(Instrument instrument, string name, MetricKind kind)
    {
        Type sort = instrument.GetType().GetGenericTypeDefinition();
        double[] bounds = kind == MetricKind.Histogram ? BoundsOf(instrument) : [];
        return new MetricFamily(name, instrument.Description ?? "", kind, instrument.IsObservable, bounds) { IsAbsolute = sort == typeof(Gauge<>) };
    }

    private static double[] BoundsOf(Instrument instrument)
    {
        double[]? advised = Advised<double>(instrument) ?? Advised<float>(instrument) ?? Advised<int>(instrument) ?? Advised<long>(instrument)
            ?? Advised<short>(instrument) ?? Advised<byte>(instrument) ?? Advised<decimal>(instrument);
        return advised ?? (instrument.Unit == "s" ? SecondsBounds : OtherBounds);
    }

    private static double[]? Advised<T>(Instrument instrument)
        where T : struct, IConvertible =>
        (instrument as Histogram<T>)?.Advice?.HistogramBucketBoundaries is { } bounds
            ? [.. bounds.Select(bound => bound.ToDouble(null)).Where(double.IsFinite).Order()]
            : null;

    private void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is MetricFamily family) family.Record(value, tags, _scrape);
    }
}
