using SslAgent.Domain;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// The bytes of every token, all that follows from the merges: the special tokens, then the 256 bytes in order, then one token a merge in
/// order. No two tokens have the same bytes. Immutable.
/// </summary>
internal sealed class Vocabulary
{
    public const int FirstByte = SpecialTokens.Count;

    public const int FirstMerged = FirstByte + 256;

    /// <summary>More than any preset has; keeps a hostile file from claiming memory.</summary>
    public const int SizeMax = 262_144;

    private readonly byte[][] _bytes;
    private readonly Dictionary<byte[], int> _tokens;

    private Vocabulary(IReadOnlyList<Merge> merges)
    {
        Merges = merges;
        _bytes = new byte[FirstMerged + merges.Count][];
        _tokens = new Dictionary<byte[], int>(_bytes.Length, BytesComparer.Instance);
    }

    public IReadOnlyList<Merge> Merges { get; }

    public int Size => _bytes.Length;

    /// <summary>The bytes of an ordinary token; a special one has none.</summary>
    public ReadOnlySpan<byte> BytesOf(int token) => _bytes[token];

    /// <summary>Tokens by their bytes, special ones aside.</summary>
    public IReadOnlyDictionary<byte[], int> Tokens => _tokens;

    /// <summary>Builds it up, or says which merge is impossible and why.</summary>
    public static Vocabulary? From(IReadOnlyList<Merge> merges, out string? fault)
    {
        fault = merges.Count > SizeMax - FirstMerged ? $"{merges.Count} merges are more than the {SizeMax - FirstMerged} allowed" : null;
        if (fault is not null) return null;
        var vocabulary = new Vocabulary(merges);
        for (int token = 0; token < FirstByte; token++) vocabulary._bytes[token] = [];
        for (int code = 0; code < 256; code++) vocabulary.Put(FirstByte + code, [(byte)code]);
        for (int k = 0; k < merges.Count; k++)
        {
            fault = vocabulary.Fault(merges[k], FirstMerged + k);
            if (fault is not null) return null;
            vocabulary.Put(FirstMerged + k, [.. vocabulary.BytesOf(merges[k].Left), .. vocabulary.BytesOf(merges[k].Right)]);
        }

        return vocabulary;
    }

    /// <summary>As <see cref="From(IReadOnlyList{Merge}, out string?)"/>, for merges that are right by construction.</summary>
    public static Vocabulary From(IReadOnlyList<Merge> merges)
    {
        Vocabulary? vocabulary = From(merges, out string? fault);
        return Check.NotNull(vocabulary, fault ?? "merges are valid");
    }

    private string? Fault(Merge merge, int token)
    {
        bool known = merge.Left >= FirstByte && merge.Left < token && merge.Right >= FirstByte && merge.Right < token;
        if (!known) return $"merge {token - FirstMerged} joins tokens {merge.Left} and {merge.Right}, not both made before it";
        ReadOnlySpan<byte> left = _bytes[merge.Left], right = _bytes[merge.Right];
        if (left.Length + right.Length > PreTokenizer.WordBytesMax) return $"merge {token - FirstMerged} is longer than a word can be";
        byte[] joined = [.. left, .. right];
        return _tokens.TryGetValue(joined, out int twin)
            ? $"merge {token - FirstMerged} makes \"{ByteAlphabet.Write(joined)}\", which token {twin} is already"
            : null;
    }

    private void Put(int token, byte[] bytes)
    {
        _bytes[token] = bytes;
        _tokens.Add(bytes, token);
    }
}
