using System.Globalization;

namespace SslAgent.Configuration;

/// <summary>Turns one written value into the type that an option has, or says what would have been one.</summary>
internal static class ValueReader
{
    private static readonly (string Suffix, double Seconds)[] TimeUnits = [("ms", .001), ("s", 1), ("min", 60), ("m", 60), ("h", 3600), ("d", 86400)];

    private static readonly (string Suffix, long Factor)[] ByteUnits =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000)];

    /// <summary>Whether options of this type are one written value (and no list, dictionary or record).</summary>
    public static bool Reads(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) || plain.IsEnum || plain == typeof(TimeSpan) || (plain.IsPrimitive && plain != typeof(char));
    }

    /// <summary>Null and no complaint for JSON's null where the option may be null.</summary>
    public static (object? Value, string? Complaint) Read(string? text, Type type, bool mayBeNull)
    {
        if (text is null) return mayBeNull ? (null, null) : (null, $"may not be null; {Wanted(type)}");
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string)) return (text, null);
        object? value = plain.IsEnum ? ReadEnum(text, plain)
            : plain == typeof(TimeSpan) ? ReadTime(text)
            : plain == typeof(bool) ? (bool.TryParse(text, out bool flag) ? flag : null)
            : ReadNumber(text, plain);
        return value is null ? (null, Wanted(plain)) : (value, null);
    }

    private static object? ReadEnum(string text, Type type)
    {
        string? name = Enum.GetNames(type).FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }

    /// <summary>A duration as options have it (<c>200ms</c>, <c>30d</c>, <c>00:00:30</c>), or null.</summary>
    public static TimeSpan? ReadTime(string text)
    {
        foreach ((string suffix, double seconds) in TimeUnits)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double count)
                && count * seconds < TimeSpan.MaxValue.TotalSeconds) return TimeSpan.FromSeconds(count * seconds);
        }

        // A bare number would be days: refuse what nobody means.
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : null;
    }

    private static object? ReadNumber(string text, Type type)
    {
        try
        {
            if (type == typeof(double) || type == typeof(float))
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real) ? Convert.ChangeType(real, type, CultureInfo.InvariantCulture) : null;
            (string digits, long factor) = Scaled(text);
            return decimal.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
                && decimal.IsInteger(number * factor) ? Convert.ChangeType(number * factor, type, CultureInfo.InvariantCulture) : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static (string Digits, long Factor) Scaled(string text)
    {
        foreach ((string suffix, long factor) in ByteUnits)
            if (text.EndsWith(suffix, StringComparison.Ordinal)) return (text[..^suffix.Length].TrimEnd(), factor);
        return (text.Replace("_", "", StringComparison.Ordinal), 1);
    }

    private static string Wanted(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(plain).Select(Keys.Camel))} is expected";
        if (plain == typeof(TimeSpan)) return "a duration is expected, such as 200ms, 30s, 5min, 2h, 7d or 00:00:30";
        if (plain == typeof(bool)) return "true or false is expected";
        if (plain == typeof(string)) return "a text is expected";
        return plain == typeof(double) || plain == typeof(float)
            ? "a number is expected, such as 0.5 or 1e-3"
            : $"a whole number that fits {(plain == typeof(int) ? "32" : "64")} bits is expected (KiB, MiB and GiB may follow it)";
    }
}
