using SslAgent.Domain;
using SslAgent.Learning.Text;

namespace SslAgent.Learning.Batches;

/// <summary>Encoded texts on the host, one row each, as wide as the longest of the batch: short lines cost short rows.</summary>
internal sealed class TokenBatch
{
    /// <summary>Rows are as wide as a multiple of this, so that few different shapes meet the kernels.</summary>
    private const int WidthStep = 8;

    internal TokenBatch(int[] ids, int[] lengths, int width)
    {
        Ids = ids;
        Lengths = lengths;
        Width = width;
    }

    /// <summary>Row-major [Rows, Width], padded.</summary>
    public int[] Ids { get; }

    /// <summary>Tokens of each row, the two special ones included.</summary>
    public int[] Lengths { get; }

    public int Rows => Lengths.Length;

    public int Width { get; }

    public Span<int> Row(int row) => Ids.AsSpan(row * Width, Lengths[row]);

    /// <summary>Encodes, framed by start and end, cut to <paramref name="tokensMax"/> tokens a text.</summary>
    public static TokenBatch Encode(ITokenizer tokenizer, IReadOnlyList<Domain.Text> texts, int tokensMax)
    {
        Check.That(texts.Count > 0, "a batch has texts");
        var wide = new int[texts.Count * tokensMax];
        var lengths = new int[texts.Count];
        for (var row = 0; row < texts.Count; row++)
        {
            Span<int> tokens = wide.AsSpan(row * tokensMax, tokensMax);
            lengths[row] = EncodeOne(tokenizer, texts[row], tokens);
        }

        int width = Math.Min(tokensMax, (lengths.Max() + WidthStep - 1) / WidthStep * WidthStep);
        var ids = new int[texts.Count * width];
        for (var row = 0; row < texts.Count; row++)
            wide.AsSpan(row * tokensMax, lengths[row]).CopyTo(ids.AsSpan(row * width)); // The rest is 0, which is padding.
        return new TokenBatch(ids, lengths, width);
    }

    /// <summary>Some of the rows, as wide as before.</summary>
    public TokenBatch Select(IReadOnlyList<int> rows)
    {
        var ids = new int[rows.Count * Width];
        for (var i = 0; i < rows.Count; i++) Row(rows[i]).CopyTo(ids.AsSpan(i * Width));
        return new TokenBatch(ids, [.. rows.Select(row => Lengths[row])], Width);
    }

    /// <summary>One text with its two special tokens into <paramref name="tokens"/>; returns how many there are.</summary>
    public static int EncodeOne(ITokenizer tokenizer, Domain.Text text, Span<int> tokens)
    {
        int count = tokenizer.Encode(text.Utf8, tokens[1..^1]);
        tokens[0] = SpecialTokens.Start;
        tokens[count + 1] = SpecialTokens.End;
        return count + 2;
    }
}
