using System.Text;
using System.Text.Json;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>Mutations that know where JSON's values stand: numbers at extremes, broken escapes and characters, nesting, doubled keys.</summary>
internal static class JsonMutations
{
    private static readonly string[] Values =
    [
        "null", "true", "{}", "[]", "\"\"", "\" \"", "0", "-0", "-1", "1e400", "-1e400", "1e-400", "1e20", "99999999999999999999999999", "NaN", "Infinity", "\"NaN\"",
        "\"Infinity\"", "\"-Infinity\"", "253402300799999", "253402300800000", "1.7e18", "\"2026-13-45T99:99:99Z\"", "\"0001-01-01T00:00:00+14:00\"",
        "\"9999-12-31T23:59:59.9999999-14:00\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\ud83dx\"", "\"\\u0000\"", "\"\\u001b[31m\\u0007\"", "\"\\x\"", "\"\\u12\"",
        "\"\\uFEFF\\u200B\"", "\"\\u0301\\u0301\\u0301\"", "\"\u0001\"", "'x'", "undefined", "01", "+1", ".5", "1.", "\"\\uD834\\uDD60\"", "{\"name\":\"\\ud800\"}",
    ];

    private static readonly string[] Keys = ["message", "msg", "log", "host", "host.name", "@timestamp", "ts", "source", "tag", "", "\\u006dsg", "\\ud800"];

    public static byte[] Mutate(Chance chance, byte[] value)
    {
        List<(int At, int Length)> tokens = Tokens(value);
        if (tokens.Count == 0) return ByteMutations.Mutate(chance, value);
        (int at, int length) = chance.Pick(tokens);
        return chance.Below(6) switch
        {
            0 or 1 => [.. value[..at], .. Encoding.UTF8.GetBytes(chance.Pick(Values)), .. value[(at + length)..]],
            2 => [.. value[..at], .. Nested(chance), .. value[(at + length)..]],
            3 => [.. value[..at], (byte)'"', .. Content(chance), (byte)'"', .. value[(at + length)..]],
            4 => [(byte)'{', .. Encoding.UTF8.GetBytes($"\"{chance.Pick(Keys)}\":{chance.Pick(Values)},"), .. value.AsSpan().TrimStart(" \r\n{"u8)],
            _ => [.. value, .. Encoding.UTF8.GetBytes(chance.Pick(["}", ",", " ", "\0", "{}", "\n{\"message\":\"second\"}", "//"]))],
        };
    }

    /// <summary>Strings, numbers and literals that are values, as they stand in the bytes.</summary>
    private static List<(int At, int Length)> Tokens(byte[] value)
    {
        var tokens = new List<(int, int)>();
        var reader = new Utf8JsonReader(value);
        try
        {
            while (reader.Read())
            {
                int quotes = reader.TokenType == JsonTokenType.String ? 2 : 0;
                if (quotes > 0 || reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null)
                {
                    tokens.Add(((int)reader.TokenStartIndex, reader.ValueSpan.Length + quotes));
                }
            }
        }
        catch (JsonException)
        {
            // Mutated before: what was found until here will do.
        }

        return tokens;
    }

    private static byte[] Nested(Chance chance)
    {
        int depth = chance.OneIn(2) ? chance.Between(55, 70) : chance.Size(4_000);
        (string open, string close) = chance.Pick([("[", "]"), ("{\"host\":", "}"), ("{\"message\":[", "]}")]);
        var text = new StringBuilder();
        for (int i = 0; i < depth; i++) text.Append(open);
        text.Append("\"x\"");
        if (!chance.OneIn(4)) for (int i = 0; i < depth; i++) text.Append(close);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Bytes of a string: any at all, or many of one awkward character.</summary>
    private static byte[] Content(Chance chance)
    {
        if (chance.OneIn(2)) return chance.Bytes(chance.Size(200));
        byte[] unit = Encoding.UTF8.GetBytes(chance.Pick(["\\u0000", "\u0301", "\\ud83d\\ude00", "\u202E", "\U0001D160", "\\n", "\u0085", "\u00AD", "\u1100"]));
        return [.. Enumerable.Repeat(unit, 1 + chance.Size(2_000)).SelectMany(bytes => bytes)];
    }
}
