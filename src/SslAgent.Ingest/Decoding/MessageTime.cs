using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SslAgent.Ingest.Decoding;

/// <summary>Times as messages carry them, to milliseconds since 1970 UTC.</summary>
internal static class MessageTime
{
    /// <summary>The end of the year 9999, the last that calendars here know.</summary>
    public const long MsMax = 253_402_300_799_999;

    public static bool IsValid(long timeMs) => timeMs is >= 0 and <= MsMax;

    /// <summary>A number since 1970 whose unit its size tells: seconds up to 1e11 (the year 5138), then milli-, micro- and nanoseconds.</summary>
    public static long? FromNumber(double value)
    {
        if (!(value >= 0) || value >= 1e20) return null;
        double milliseconds = value switch
        {
            < 1e11 => value * 1e3,
            < 1e14 => value,
            < 1e17 => value / 1e3,
            _ => value / 1e6,
        };
        long whole = (long)Math.Round(milliseconds);
        return IsValid(whole) ? whole : null;
    }

    /// <summary>ISO 8601 (without a zone: UTC), or a number.</summary>
    public static long? FromUtf8(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 64) return null;
        if (Utf8Parser.TryParse(text, out double number, out int consumed) && consumed == text.Length) return FromNumber(number);
        Span<char> chars = stackalloc char[64];
        if (!Encoding.UTF8.TryGetChars(text, chars, out int written)) return null;
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        bool isTime = DateTimeOffset.TryParse(chars[..written], CultureInfo.InvariantCulture, Styles, out DateTimeOffset time);
        long timeMs = isTime ? time.ToUnixTimeMilliseconds() : -1;
        return IsValid(timeMs) ? timeMs : null;
    }
}
