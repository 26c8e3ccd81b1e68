using System.Text;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>Mutations of a line: characters that are no characters, that compose, that command a terminal, or that are nothing.</summary>
internal static class TextMutations
{
    private static readonly string[] Units =
        ["\u0000", "\u001b[31m", "\u001b[", "\u001b", "\u0301", "\u0316\u0301", "\u1100\u1161\u11A8", "\U0001D160", "\u0085", "\uFEFF", "\u202E", " ", "\t", "\r\n", "\uFFFF", "\u0F77", "{", "\u200D"];

    private static readonly byte[][] Invalid =
    [
        [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xFE], [0x80], [0xE2, 0x82], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ];

    public static byte[] Mutate(Chance chance, byte[] value)
    {
        int at = chance.Below(value.Length + 1);
        byte[] unit = chance.OneIn(4) ? chance.Pick(Invalid) : Encoding.UTF8.GetBytes(chance.Pick(Units));
        byte[] many = [.. Enumerable.Repeat(unit, 1 + chance.Size(3_000)).SelectMany(bytes => bytes)];
        return chance.OneIn(6) ? many : [.. value[..at], .. many, .. value[at..]];
    }
}
