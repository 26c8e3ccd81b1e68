using System.Diagnostics.Metrics;
using System.Text;

namespace SslAgent.Serving.Metrics;

/// <summary>
/// An instrument's name in Prometheus' spelling: dots become underscores, the unit comes last in words, a counter ends in <c>_total</c>.
/// <c>sslagent.serving.request.duration</c> in <c>s</c> becomes <c>sslagent_serving_request_duration_seconds</c>.
/// </summary>
internal static class MetricName
{
    public static string Of(Instrument instrument, MetricKind kind)
    {
        StringBuilder name = new(Sanitized(instrument.Name));
        string unit = UnitWord(instrument.Unit, kind);
        if (unit.Length > 0 && !EndsWithWord(name, unit)) name.Append('_').Append(unit);
        if (kind == MetricKind.Counter && !EndsWithWord(name, "total")) name.Append("_total");
        return name.ToString();
    }

    /// <summary>A name that Prometheus takes for a metric or a label (colons, which it keeps for its own rules, left out).</summary>
    public static string Sanitized(string name)
    {
        string safe = string.Create(name.Length, name, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
        });
        return safe.Length == 0 || char.IsAsciiDigit(safe[0]) ? "_" + safe : safe;
    }

    // Units are written as in UCUM; an annotation in braces, such as {request}, is for people and no unit.
    private static string UnitWord(string? unit, MetricKind kind) => unit switch
    {
        null or "" => "",
        "1" => kind == MetricKind.Gauge ? "ratio" : "",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "%" => "percent",
        "Cel" => "celsius",
        _ => unit.All(char.IsAsciiLetterOrDigit) ? unit.ToLowerInvariant() : "",
    };

    private static bool EndsWithWord(StringBuilder name, string word)
    {
        string text = name.ToString();
        return text == word || text.EndsWith("_" + word, StringComparison.Ordinal);
    }
}
