using System.Globalization;

namespace SslAgent.Bench;

/// <summary>Whole numbers among <c>--name value</c>.</summary>
internal static class ArgumentNumbers
{
    public static int Number(this IReadOnlyDictionary<string, string> arguments, string name, int otherwise) =>
        arguments.TryGetValue(name, out string? value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
