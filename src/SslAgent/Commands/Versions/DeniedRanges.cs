using System.Globalization;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary>Reads <c>topic/partition/from-to</c>, both ends included, as <c>--deny</c> takes it.</summary>
internal static class DeniedRanges
{
    public const string Form = "topic/partition/from-to";

    /// <summary>Null where it is none.</summary>
    public static DeniedRange? Read(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 3 || parts[0].Length == 0 || !TryNumber(parts[1], out long partition) || partition > int.MaxValue) return null;
        string[] ends = parts[2].Split('-');
        if (ends.Length != 2 || !TryNumber(ends[0], out long from) || !TryNumber(ends[1], out long to) || from > to) return null;
        return new DeniedRange(parts[0], (int)partition, from, to);
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
