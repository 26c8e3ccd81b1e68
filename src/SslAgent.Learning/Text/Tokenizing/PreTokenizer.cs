namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// Cuts text into words, inside which alone tokens are merged. The rule suits logs: letters, underscores and everything beyond ASCII make
/// words; digits come in twos, so the parts of dates and times come out whole and numbers cost about 200 tokens of the vocabulary;
/// other printable and control characters make words of their own; one space belongs to the word behind it.
/// <see cref="Pattern"/> says the same as a regular expression over characters; this scanner says it over bytes, so that any bytes are
/// words. On valid UTF-8 the two agree exactly.
/// </summary>
internal static class PreTokenizer
{
    /// <summary>Means the same to Oniguruma (Hugging Face), Rust, JavaScript and Python; every character matches somewhere.</summary>
    public const string Pattern =
        @" ?[0-9]{1,2}| ?[^\x00-@\[-\^`{-\x7F]{1,32}| ?[\x00-\x08\x0E-\x1F!-/:-@\[-\^`{-\x7F]{1,32}|[\t-\r ]{1,32}";

    /// <summary>The longest word: a space and <see cref="RunMax"/> characters of four bytes.</summary>
    public const int WordBytesMax = 1 + RunMax * Utf8BytesMax;

    private const int DigitsMax = 2, RunMax = 32, Utf8BytesMax = 4;

    private enum Kind : byte
    {
        Other,
        Space,
        Digit,
        Letter,
    }

    private static readonly Kind[] Kinds = [.. Enumerable.Range(0, 256).Select(static code => KindOf((byte)code))];

    /// <summary>Bytes of the first word of a text that is not empty.</summary>
    public static int FirstWord(ReadOnlySpan<byte> text)
    {
        Kind kind = Kinds[text[0]];
        int start = 0;
        if (text[0] == ' ' && text.Length > 1 && Kinds[text[1]] is var next and not Kind.Space)
        {
            kind = next;
            start = 1;
        }

        return kind switch
        {
            Kind.Letter => EndOfLetters(text, start),
            Kind.Digit => EndOfRun(text, start, kind, DigitsMax),
            _ => EndOfRun(text, start, kind, RunMax),
        };
    }

    private static int EndOfRun(ReadOnlySpan<byte> text, int start, Kind kind, int countMax)
    {
        int limit = Math.Min(text.Length, start + countMax);
        int end = start + 1;
        while (end < limit && Kinds[text[end]] == kind) end++;
        return end;
    }

    /// <summary>Counts characters, not bytes. The byte limit only ever cuts what is not UTF-8.</summary>
    private static int EndOfLetters(ReadOnlySpan<byte> text, int start)
    {
        int limit = Math.Min(text.Length, start + RunMax * Utf8BytesMax);
        int end = start, characters = 0;
        for (; end < limit && Kinds[text[end]] == Kind.Letter; end++)
        {
            bool opensCharacter = (text[end] & 0xC0) != 0x80;
            if (opensCharacter && ++characters > RunMax) break;
        }

        return end;
    }

    private static Kind KindOf(byte code) => code switch
    {
        >= 0x80 or (byte)'_' or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z') => Kind.Letter,
        >= (byte)'0' and <= (byte)'9' => Kind.Digit,
        (byte)' ' or (>= 0x09 and <= 0x0D) => Kind.Space,
        _ => Kind.Other,
    };
}
