using System.Buffers;
using System.Text.Unicode;
using SslAgent.Domain;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Texts;

/// <summary>
/// Bytes to a line of text: line ends and white space at the end cut off, tabs and line breaks inside to a blank, other control
/// characters and terminal colours taken out, normal form C, cut at the byte limit between characters. Printable ASCII, which is
/// most of every log, is only copied. Safe to call from any thread.
/// </summary>
public sealed class TextCodec : ITextCodec
{
    /// <summary>Normalisation shortens by at most 3 (Hangul: three letters of 3 bytes to one syllable of 3), so this much input decides the output.</summary>
    private const int InputPerOutput = 4;

    /// <summary>Normalisation lengthens UTF-8 by at most 3 (Unicode Standard Annex 15).</summary>
    private const int OutputPerInput = 3;

    private readonly int _bytesMax;

    public TextCodec(TextOptions options)
    {
        _bytesMax = options.BytesMax;
        VipsRuntime.Start();
    }

    public TextDecoding Decode(ReadOnlyMemory<byte> utf8) => Decode(utf8.Span);

    internal TextDecoding Decode(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> line = utf8.TrimEnd("\r\n \t"u8);
        if (line.IsEmpty) return Refuse("the text is empty");
        if (line.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0) return Keep(line[..Math.Min(line.Length, _bytesMax)].TrimEnd((byte)' '));
        if (!Utf8.IsValid(line)) return Refuse($"the text is not UTF-8 from byte {TextCleaning.FirstInvalid(line)} on");
        return Clean(line);
    }

    private static TextDecoding Refuse(string reason) => new(null, new Rejection("text", reason));

    private static TextDecoding Keep(ReadOnlySpan<byte> line) =>
        line.IsEmpty ? Refuse("the text has nothing but blanks and control characters") : new TextDecoding(new Text(line.ToArray()), null);

    private TextDecoding Clean(ReadOnlySpan<byte> line)
    {
        byte[] cleaned = ArrayPool<byte>.Shared.Rent(Math.Min(line.Length, _bytesMax * InputPerOutput));
        try
        {
            int length = TextCleaning.Filter(line, cleaned.AsSpan(0, Math.Min(line.Length, _bytesMax * InputPerOutput)), out bool mayCompose);
            ReadOnlySpan<byte> text = cleaned.AsSpan(0, length);
            return mayCompose ? Compose(text) : Keep(Cut(text));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(cleaned);
        }
    }

    private TextDecoding Compose(ReadOnlySpan<byte> text)
    {
        byte[] composed = ArrayPool<byte>.Shared.Rent(text.Length * OutputPerInput);
        try
        {
            int length = GlibNative.NormalizeC(text, composed);
            Check.That(length >= 0, "normal form C is at most three times as long");
            return Keep(Cut(composed.AsSpan(0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(composed);
        }
    }

    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        if (text.Length > _bytesMax)
        {
            int end = _bytesMax;
            while (end > 0 && (text[end] & 0xC0) == 0x80) end--;
            text = text[..end];
        }

        return text.TrimEnd((byte)' ');
    }
}
