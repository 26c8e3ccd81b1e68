using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// Writes bytes as printable characters, one each, so that tokens can be JSON strings: GPT-2's table, which Hugging Face calls byte level.
/// Printable Latin-1 characters stand for themselves; the other 68 bytes take U+0100, U+0101 … in their order (space is U+0120, Ġ).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = BuildCharacters();

    private static readonly Dictionary<char, byte> Bytes = Characters.Select((c, i) => (c, (byte)i)).ToDictionary();

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte b in bytes) text.Append(Characters[b]);
        return text.ToString();
    }

    public static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            if (Bytes.TryGetValue(text[i], out bytes[i])) continue;
            bytes = null;
            return false;
        }

        return true;
    }

    private static char[] BuildCharacters()
    {
        var characters = new char[256];
        int moved = 0;
        for (int code = 0; code < 256; code++)
        {
            bool printable = code is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[code] = (char)(printable ? code : 256 + moved++);
        }

        return characters;
    }
}
