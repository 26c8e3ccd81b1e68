using System.Runtime.InteropServices;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// Chooses merges: again and again the most frequent pair of neighbours, counted over words with their frequencies. Pair counts are kept
/// up to date word by word, not recounted. Ties go to the pair whose tokens were made earlier, so the order of words never matters.
/// A pair whose bytes are a token already is passed over: every merge makes a new token.
/// </summary>
internal sealed class MergeLearner
{
    private const int CountMin = 2;

    private readonly long[] _counts;
    private readonly int[][] _words;
    private readonly int[] _lengths;
    private readonly Dictionary<long, Pair> _pairs = [];

    /// <summary>
    /// Largest count first, then smallest key. Once a pair has entered its count only falls, so a top that is out of date is put back.
    /// </summary>
    private readonly PriorityQueue<long, (long NegatedCount, long Key)> _queue = new();

    private readonly List<byte[]> _tokens = [.. Enumerable.Range(0, 256).Select(code => new[] { (byte)code })];
    private readonly HashSet<byte[]> _made = new(BytesComparer.Instance);

    public MergeLearner(IReadOnlyList<CountedWord> words)
    {
        _counts = [.. words.Select(word => word.Count)];
        _words = [.. words.Select(word => word.Bytes.Select(code => Vocabulary.FirstByte + code).ToArray())];
        _lengths = [.. words.Select(word => word.Bytes.Length)];
        for (int word = 0; word < _words.Length; word++) CountPairs(word, +1, fromToken: 0);
        foreach ((long key, Pair pair) in _pairs) _queue.Enqueue(key, (-pair.Count, key));
    }

    /// <summary>At most <paramref name="countMax"/> merges, in order.</summary>
    public IReadOnlyList<Merge> Learn(int countMax, CancellationToken token)
    {
        var merges = new List<Merge>(Math.Min(countMax, 65_536));
        while (merges.Count < countMax && TryTakeMostFrequent(out long key))
        {
            token.ThrowIfCancellationRequested();
            Merge merge = MergeOf(key);
            byte[] bytes = [.. BytesOf(merge.Left), .. BytesOf(merge.Right)];
            if (!_made.Add(bytes)) continue;
            int made = Vocabulary.FirstMerged + merges.Count;
            merges.Add(merge);
            _tokens.Add(bytes);
            Apply(_pairs[key], merge, made);
        }

        return merges;
    }

    private bool TryTakeMostFrequent(out long key)
    {
        while (_queue.TryDequeue(out key, out (long NegatedCount, long Key) priority))
        {
            long count = _pairs[key].Count;
            if (count < CountMin) continue;
            if (count == -priority.NegatedCount) return true;
            _queue.Enqueue(key, (-count, key));
        }

        return false;
    }

    private void Apply(Pair pair, Merge merge, int made)
    {
        var entered = new List<long>();
        foreach (int word in pair.Words)
        {
            CountPairs(word, -1, fromToken: int.MaxValue);
            Rewrite(word, merge, made);
            CountPairs(word, +1, fromToken: made, entered);
        }

        pair.Words.Clear();
        pair.Words.TrimExcess();
        foreach (long key in entered) _queue.Enqueue(key, (-_pairs[key].Count, key));
    }

    /// <summary>Replaces the pair by the token it makes, from the left.</summary>
    private void Rewrite(int word, Merge merge, int made)
    {
        Span<int> parts = _words[word].AsSpan(0, _lengths[word]);
        int kept = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            bool here = i + 1 < parts.Length && parts[i] == merge.Left && parts[i + 1] == merge.Right;
            parts[kept++] = here ? made : parts[i];
            if (here) i++;
        }

        _lengths[word] = kept;
    }

    /// <summary>
    /// Adds or takes away a word's pairs, and enters the word in the lists of those with a token from <paramref name="fromToken"/> on.
    /// </summary>
    private void CountPairs(int word, int sign, int fromToken, List<long>? entered = null)
    {
        ReadOnlySpan<int> parts = _words[word].AsSpan(0, _lengths[word]);
        for (int i = 0; i + 1 < parts.Length; i++)
        {
            long key = ((long)parts[i] << 32) | (uint)parts[i + 1];
            Pair pair = PairOf(key, entered);
            pair.Count += sign * _counts[word];
            bool lists = parts[i] >= fromToken || parts[i + 1] >= fromToken;
            if (lists && (pair.Words.Count == 0 || pair.Words[^1] != word)) pair.Words.Add(word);
        }
    }

    private Pair PairOf(long key, List<long>? entered)
    {
        ref Pair? pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key, out bool known);
        if (!known) entered?.Add(key);
        return pair ??= new Pair();
    }

    private byte[] BytesOf(int token) => _tokens[token - Vocabulary.FirstByte];

    private static Merge MergeOf(long key) => new((int)(key >> 32), (int)key);

    /// <summary>How often a pair occurs now, and the words it has occurred in since it was made.</summary>
    private sealed class Pair
    {
        public long Count { get; set; }

        public List<int> Words { get; } = [];
    }
}
