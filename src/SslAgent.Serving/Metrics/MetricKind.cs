using System.Diagnostics.Metrics;

namespace SslAgent.Serving.Metrics;

/// <summary>What Prometheus calls an instrument.</summary>
internal enum MetricKind
{
    Counter = 0,
    Gauge = 1,
    Histogram = 2,
}

internal static class MetricKinds
{
    /// <summary>Null for an instrument of a sort unknown here.</summary>
    public static MetricKind? Of(Instrument instrument)
    {
        if (!instrument.GetType().IsGenericType) return null;
        Type sort = instrument.GetType().GetGenericTypeDefinition();
        if (sort == typeof(Counter<>) || sort == typeof(ObservableCounter<>)) return MetricKind.Counter;
        if (sort == typeof(Histogram<>)) return MetricKind.Histogram;
        bool isGauge = sort == typeof(Gauge<>) || sort == typeof(ObservableGauge<>)
            || sort == typeof(UpDownCounter<>) || sort == typeof(ObservableUpDownCounter<>);
        return isGauge ? MetricKind.Gauge : null;
    }

    public static string Word(this MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };
}
