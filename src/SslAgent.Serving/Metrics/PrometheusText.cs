using System.Globalization;
using System.Text;

namespace SslAgent.Serving.Metrics;

/// <summary>
/// The text exposition format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). A histogram's buckets are cumulative and end in
/// <c>+Inf</c>, which equals its count.
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families, long scrape)
    {
        StringBuilder text = new();
        long dropped = 0;
        foreach (MetricFamily family in families)
        {
            dropped += family.Dropped;
            StringBuilder lines = new();
            foreach ((string labels, NumberSeries series) in family.Numbers(scrape)) WriteLine(lines, family.Name, labels, series.Value);
            foreach ((string labels, HistogramSeries series) in family.Histograms) WriteHistogram(lines, family, labels, series);
            if (lines.Length == 0) continue;
            WriteHead(text, family.Name, family.Help, family.Kind);
            text.Append(lines);
        }

        const string droppedName = "sslagent_metrics_dropped_total";
        WriteHead(text, droppedName, "Measurements left out because their metric had too many label sets.", MetricKind.Counter);
        WriteLine(text, droppedName, "", dropped);
        return text.ToString();
    }

    private static void WriteHead(StringBuilder text, string name, string help, MetricKind kind)
    {
        string escaped = help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        text.Append("# HELP ").Append(name).Append(' ').Append(escaped).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(kind.Word()).Append('\n');
    }

    private static void WriteHistogram(StringBuilder text, MetricFamily family, string labels, HistogramSeries series)
    {
        (long[] counts, double sum) = series.Read();
        string before = labels.Length == 0 ? "" : labels + ",";
        long atMost = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            atMost += counts[i];
            string bound = i < family.Bounds.Length ? Number(family.Bounds[i]) : "+Inf";
            WriteLine(text, family.Name + "_bucket", $"{before}le=\"{bound}\"", atMost);
        }

        WriteLine(text, family.Name + "_sum", labels, sum);
        WriteLine(text, family.Name + "_count", labels, atMost);
    }

    private static void WriteLine(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
