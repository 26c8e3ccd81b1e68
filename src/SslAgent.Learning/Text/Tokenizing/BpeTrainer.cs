using System.Runtime.InteropServices;
using SslAgent.Domain;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// Learns a tokenizer from the first text of the stream: counts words as they come, then merges the most frequent pairs. The same texts in
/// the same order always give the same tokenizer. Used by one thread. Memory is bounded by <see cref="WordsMax"/> distinct words:
/// later new ones are not counted but reported, known ones count on.
/// </summary>
public sealed class BpeTrainer
{
    public const int WordsMax = 500_000;

    private readonly int _wordsMax;
    private readonly Dictionary<byte[], int> _indexes = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<CountedWord> _words = [];

    public BpeTrainer()
        : this(WordsMax)
    {
    }

    internal BpeTrainer(int wordsMax)
    {
        _wordsMax = wordsMax;
        _lookup = _indexes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Bytes of text added so far.</summary>
    public long BytesSeen { get; private set; }

    /// <summary>Occurrences that were not counted because the table of words was full.</summary>
    public long WordsDropped { get; private set; }

    public void Add(ReadOnlySpan<byte> utf8)
    {
        BytesSeen += utf8.Length;
        while (!utf8.IsEmpty)
        {
            int length = PreTokenizer.FirstWord(utf8);
            if (length > 1) Count(utf8[..length]);
            utf8 = utf8[length..];
        }
    }

    /// <summary>
    /// Learns from what was added, up to <paramref name="vocabularySize"/> tokens (special ones and bytes included); fewer where the text
    /// has no pair left that occurs twice.
    /// </summary>
    public BpeTokenizer Train(int vocabularySize, CancellationToken token)
    {
        Check.That(vocabularySize is >= Vocabulary.FirstMerged and <= Vocabulary.SizeMax, "the vocabulary holds all bytes and is bounded");
        var learner = new MergeLearner(_words);
        return new BpeTokenizer(Vocabulary.From(learner.Learn(vocabularySize - Vocabulary.FirstMerged, token)));
    }

    private void Count(ReadOnlySpan<byte> word)
    {
        if (_lookup.TryGetValue(word, out int index))
        {
            CollectionsMarshal.AsSpan(_words)[index].Count++;
        }
        else if (_words.Count < _wordsMax)
        {
            byte[] bytes = word.ToArray();
            _indexes.Add(bytes, _words.Count);
            _words.Add(new CountedWord { Bytes = bytes, Count = 1 });
        }
        else
        {
            WordsDropped++;
        }
    }
}
