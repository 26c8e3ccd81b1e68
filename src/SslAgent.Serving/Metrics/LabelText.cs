using System.Globalization;

namespace SslAgent.Serving.Metrics;

/// <summary>
/// Labels as they stand in the exposition, without the braces: <c>model="text",status="200"</c>, sorted by name, so that one set has one
/// text. Written into the caller's memory: a measurement of a known series allocates nothing but what its tag values do.
/// </summary>
internal static class LabelText
{
    /// <summary>Characters that the longest text needs.</summary>
    public const int LengthMax = CountMax * (NameMax + (2 * ValueMax) + 4);

    // What lies beyond is cut: labels are short words from small sets, and one that is not must not fill the memory.
    private const int CountMax = 8, NameMax = 48, ValueMax = 96;

    /// <summary>Writes the labels; gives the number of characters.</summary>
    public static int Write(ReadOnlySpan<KeyValuePair<string, object?>> tags, Span<char> to)
    {
        int count = Math.Min(tags.Length, CountMax);
        Span<int> order = stackalloc int[CountMax];
        Sort(tags, order[..count]);
        int at = 0;
        foreach (int i in order[..count])
        {
            if (at > 0) to[at++] = ',';
            at += WriteName(tags[i].Key, to[at..]);
            to[at++] = '=';
            to[at++] = '"';
            at += WriteValue(tags[i].Value, to[at..]);
            to[at++] = '"';
        }

        return at;
    }

    private static void Sort(ReadOnlySpan<KeyValuePair<string, object?>> tags, Span<int> order)
    {
        for (int i = 0; i < order.Length; i++)
        {
            int j = i;
            for (; j > 0 && string.CompareOrdinal(tags[order[j - 1]].Key, tags[i].Key) > 0; j--) order[j] = order[j - 1];
            order[j] = i;
        }
    }

    private static int WriteName(string name, Span<char> to)
    {
        int length = Math.Min(name.Length, NameMax);
        for (int i = 0; i < length; i++) to[i] = char.IsAsciiLetterOrDigit(name[i]) && !(i == 0 && char.IsAsciiDigit(name[i])) ? name[i] : '_';
        return length;
    }

    private static int WriteValue(object? value, Span<char> to)
    {
        Span<char> plain = stackalloc char[ValueMax];
        return value switch
        {
            string text => Escape(text, to),
            bool yes => Escape(yes ? "true" : "false", to),
            ISpanFormattable number when number.TryFormat(plain, out int written, default, CultureInfo.InvariantCulture) => Escape(plain[..written], to),
            _ => Escape(value?.ToString(), to),
        };
    }

    private static int Escape(ReadOnlySpan<char> text, Span<char> to)
    {
        int at = 0;
        foreach (char c in text[..Math.Min(text.Length, ValueMax)])
        {
            if (c is '\\' or '"' or '\n') to[at++] = '\\';
            to[at++] = c == '\n' ? 'n' : c;
        }

        return at;
    }
}
