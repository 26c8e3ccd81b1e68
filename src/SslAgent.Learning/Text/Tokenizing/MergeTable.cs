using System.Numerics;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// Which token a pair of neighbours becomes: open addressing over a power of two, at most half full. A lower number is an earlier merge,
/// which goes first. Immutable.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>No merge for this pair; larger than any token, so the smallest of several is always a merge where there is one.</summary>
    public const int None = int.MaxValue;

    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15, Empty = ulong.MaxValue;

    private readonly ulong[] _keys;
    private readonly int[] _tokens;
    private readonly int _shift;

    public MergeTable(IReadOnlyList<Merge> merges)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * merges.Count));
        _keys = new ulong[size];
        _tokens = new int[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        Array.Fill(_keys, Empty);
        for (int k = 0; k < merges.Count; k++)
        {
            ulong key = KeyOf(merges[k].Left, merges[k].Right);
            int at = (int)(key * Multiplier >> _shift);
            while (_keys[at] != Empty) at = (at + 1) & (size - 1);
            _keys[at] = key;
            _tokens[at] = Vocabulary.FirstMerged + k;
        }
    }

    public int TokenOf(int left, int right)
    {
        ulong key = KeyOf(left, right);
        int at = (int)(key * Multiplier >> _shift);
        while (true)
        {
            ulong found = _keys[at];
            if (found == key) return _tokens[at];
            if (found == Empty) return None;
            at = (at + 1) & (_keys.Length - 1);
        }
    }

    private static ulong KeyOf(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
