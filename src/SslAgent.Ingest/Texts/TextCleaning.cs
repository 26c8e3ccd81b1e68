using System.Buffers;
using System.Globalization;
using System.Text;

namespace SslAgent.Ingest.Texts;

/// <summary>Character by character work on valid UTF-8, for the lines that are not plain ASCII.</summary>
internal static class TextCleaning
{
    private const int Escape = 0x1B, ByteOrderMark = 0xFEFF;

    /// <summary>
    /// Most marks in a row that are kept on one character, the bound of Unicode's Stream-Safe Text Format (Standard Annex 15). No language needs as many,
    /// and sorting a row of them, which normal form C asks for, takes time by its square.
    /// </summary>
    private const int MarksMax = 30;

    /// <summary>Below U+0300 every character is in normal form C whatever stands beside it.</summary>
    private const int FirstThatMayCompose = 0x300;

    /// <summary>Index of the first byte that does not belong to UTF-8.</summary>
    public static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out int consumed) == OperationStatus.Done) at += consumed;
        return at;
    }

    /// <summary>
    /// Copies what a person would read, until the destination is full: tab, line feed and carriage return become one blank, terminal
    /// escape sequences (CSI) go as a whole, other control characters and byte order marks go.
    /// </summary>
    /// <param name="mayCompose">True where normalisation may change the result.</param>
    public static int Filter(ReadOnlySpan<byte> utf8, Span<byte> destination, out bool mayCompose)
    {
        int written = 0, marks = 0;
        mayCompose = false;
        for (int at = 0; at < utf8.Length;)
        {
            Rune.DecodeFromUtf8(utf8[at..], out Rune rune, out int consumed);
            if (rune.Value == Escape)
            {
                at += SequenceLength(utf8[at..]);
                continue;
            }

            at += consumed;
            if (rune.Value is '\t' or '\n' or '\r') (rune, marks) = (new Rune(' '), 0);
            else if (IsDropped(rune, ref marks)) continue;
            if (!rune.TryEncodeToUtf8(destination[written..], out int added)) break;
            mayCompose |= rune.Value >= FirstThatMayCompose;
            written += added;
        }

        return written;
    }

    /// <param name="marks">Marks kept in a row so far.</param>
    private static bool IsDropped(Rune rune, ref int marks)
    {
        if (rune.Value == ByteOrderMark) return true;
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.Control:
                return true;
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark:
                return ++marks > MarksMax;
            default:
                marks = 0;
                return false;
        }
    }

    /// <summary>Bytes of the sequence that starts with ESC: <c>ESC [ parameters final</c> as a whole (ECMA-48), else the ESC alone.</summary>
    private static int SequenceLength(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < 2 || utf8[1] != '[') return 1;
        int end = utf8[2..].IndexOfAnyExceptInRange((byte)0x20, (byte)0x3F);
        return end >= 0 && utf8[2 + end] is >= 0x40 and <= 0x7E ? end + 3 : 1;
    }
}
