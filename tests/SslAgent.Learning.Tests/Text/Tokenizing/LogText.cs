using System.Text;

namespace SslAgent.Learning.Tests.Text.Tokenizing;

/// <summary>Real log lines (captured from a package manager) and lines that are awkward for a tokenizer.</summary>
internal static class LogText
{
    private static readonly Lazy<byte[][]> Lines = new(() =>
        [.. File.ReadLines(PathOf("dpkg-lines.txt")).Select(Encoding.UTF8.GetBytes)]);

    public static IReadOnlyList<byte[]> Real => Lines.Value;

    public static IReadOnlyList<string> Odd { get; } =
    [
        "", " ", "  ", "\t", " \t x", "a", " a", "  a", "a ", "1", " 12", "123", " 1234567", "a1b22c333",
        "Grüße aus Köln – 50 °C", "日本語のログ行です", "файл не найден: /var/log/сообщения", "😀👩‍👩‍👧‍👦 ok",
        "e\u0301 é", "\uFEFFbom", "\u00A0no-break\u2003em\u3000wide", "١٢٣ २३ Ⅷ ½", "İstanbul ß ſ K",
        "[MASK] [PAD] [START] [END] <s>", "_under_score__x _9", new string('=', 74), new string(' ', 100) + "x",
        new string('a', 100), new string('é', 100), string.Concat(Enumerable.Repeat("😀", 70)), " " + new string('日', 33) + "1",
        new string('7', 99), "\u0000\u0001\u001F\u007F\u0080\u009F", "a\u000Bb\u000Cc\u001Cd\u0085e\u2028f",
        "\"json\":{\"k\":[1,2.5e-3],\"s\":\"\\n\"}", "\uFFFD\uFFFE\U0010FFFF",
        "192.168.0.1:8080 -> [::1]:443 GET /a/b?c=d&e=f HTTP/1.1\" 200 0x7ffeefbff5c8",
    ];

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Text", "Tokenizing", name);

    /// <summary>Text of any characters but halves of surrogate pairs, leaning towards the classes' borders.</summary>
    public static string Random(Random random, int countMax)
    {
        var text = new StringBuilder();
        for (int n = random.Next(countMax); n > 0; n--)
        {
            Rune rune = random.Next(6) switch
            {
                0 => new Rune(random.Next(0x80)),
                1 => new Rune("09AZaz_@[`{/: \t\r"[random.Next(16)]),
                2 => new Rune(random.Next(0x80, 0x800)),
                3 => new Rune(random.Next(0x800, 0xD800)),
                4 => new Rune(random.Next(0x10000, 0x110000)),
                _ => new Rune(' '),
            };
            for (int run = random.Next(4) == 0 ? random.Next(50) : 1; run > 0; run--) text.Append(rune);
        }

        return text.ToString();
    }
}
