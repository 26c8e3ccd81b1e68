using System.Globalization;

namespace SslAgent.Configuration;

/// <summary>Writes an option's value the way a person would put it into the file; <see cref="ValueReader"/> reads it back.</summary>
internal static class OptionText
{
    public static string? Of(object? value) => value switch
    {
        null => "null",
        string text => text,
        bool flag => flag ? "true" : "false",
        TimeSpan span => Of(span),
        Enum named => Keys.Camel(named.ToString()),
        System.Collections.IDictionary dictionary => $"{dictionary.Count} entries",
        System.Collections.IEnumerable items => string.Join(", ", items.Cast<object>().Select(Of)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>The largest unit that needs no fraction: 90 s, not 1.5 min.</summary>
    private static string Of(TimeSpan span)
    {
        (string Suffix, long Ticks)[] units =
            [("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("min", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond)];
        foreach ((string suffix, long ticks) in units)
            if (span.Ticks % ticks == 0 && span.Ticks != 0) return string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / ticks}{suffix}");
        return span == TimeSpan.Zero ? "0s" : span.ToString("c", CultureInfo.InvariantCulture);
    }
}
