namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// Byte-pair encoding of one word (Sennrich et al. 2016, section 3.2, on bytes): starting from bytes, the earliest merge that applies
/// anywhere is applied at its leftmost place, until none applies. Immutable; works on the stack.
/// </summary>
internal sealed class WordEncoder
{
    private readonly MergeTable _merges;
    private readonly Dictionary<byte[], int> _words;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public WordEncoder(Vocabulary vocabulary)
    {
        _merges = new MergeTable(vocabulary.Merges);
        _words = new Dictionary<byte[], int>(vocabulary.Size, BytesComparer.Instance);
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<byte>>();
        CollectWholeWords(vocabulary);
    }

    /// <summary>Writes the word's tokens as far as there is room. Returns how many were written.</summary>
    public int Encode(ReadOnlySpan<byte> word, Span<int> tokens)
    {
        if (tokens.IsEmpty) return 0;
        if (_lookup.TryGetValue(word, out int whole))
        {
            tokens[0] = whole;
            return 1;
        }

        Span<int> parts = stackalloc int[PreTokenizer.WordBytesMax];
        parts = parts[..Merge(word, parts)];
        int written = Math.Min(parts.Length, tokens.Length);
        parts[..written].CopyTo(tokens);
        return written;
    }

    /// <summary>
    /// Most words of a log are one token: these are found in one look-up. A token counts only if merging its bytes alone leads back to it,
    /// so the look-up never changes a result.
    /// </summary>
    private void CollectWholeWords(Vocabulary vocabulary)
    {
        Span<int> parts = stackalloc int[PreTokenizer.WordBytesMax];
        foreach ((byte[] bytes, int token) in vocabulary.Tokens)
        {
            if (Merge(bytes, parts) == 1 && parts[0] == token) _words.Add(bytes, token);
        }
    }

    /// <summary>Merges in place; <c>made[i]</c> is what parts i and i + 1 would become.</summary>
    private int Merge(ReadOnlySpan<byte> word, Span<int> parts)
    {
        Span<int> made = stackalloc int[PreTokenizer.WordBytesMax];
        int count = word.Length;
        for (int i = 0; i < count; i++) parts[i] = Vocabulary.FirstByte + word[i];
        for (int i = 0; i + 1 < count; i++) made[i] = _merges.TokenOf(parts[i], parts[i + 1]);
        while (count > 1)
        {
            int at = IndexOfSmallest(made[..(count - 1)]);
            if (made[at] == MergeTable.None) break;
            parts[at] = made[at];
            parts[(at + 2)..count].CopyTo(parts[(at + 1)..]);
            if (at + 2 < count) made[(at + 2)..(count - 1)].CopyTo(made[(at + 1)..]);
            count--;
            if (at > 0) made[at - 1] = _merges.TokenOf(parts[at - 1], parts[at]);
            if (at + 1 < count) made[at] = _merges.TokenOf(parts[at], parts[at + 1]);
        }

        return count;
    }

    private static int IndexOfSmallest(ReadOnlySpan<int> values)
    {
        int at = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] < values[at]) at = i;
        }

        return at;
    }
}
