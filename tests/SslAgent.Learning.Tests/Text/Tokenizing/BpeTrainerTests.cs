using System.Text;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Tests.Text.Tokenizing;

public sealed class BpeTrainerTests
{
    [Fact]
    public void Merges_and_tokens_are_those_of_the_slow_oracle()
    {
        string[] hard = ["aaaa aaa aaaaaaa banana bananas", "aaaaa"];
        string[] lines = [.. LogText.Real.Take(150).Select(Encoding.UTF8.GetString), .. LogText.Odd, .. hard];
        BpeTokenizer tokenizer = Train(lines.Select(Encoding.UTF8.GetBytes), 260 + 250);
        List<(string Left, string Right)> merges = SlowBpe.Train(lines, 250);
        Assert.Equal(260 + merges.Count, tokenizer.VocabularySize);
        for (int k = 0; k < merges.Count; k++)
        {
            Assert.Equal(merges[k].Left + merges[k].Right, Encoding.Latin1.GetString(tokenizer.Decode([260 + k])));
        }

        foreach (string line in lines.Concat(LogText.Real.TakeLast(50).Select(Encoding.UTF8.GetString)))
        {
            IEnumerable<string> tokens = Encode(tokenizer, line).Select(token => Encoding.Latin1.GetString(tokenizer.Decode([token])));
            Assert.Equal(SlowBpe.Encode(line, merges), tokens);
        }
    }

    [Fact]
    public void The_same_text_gives_the_same_bytes_also_in_another_order_of_lines()
    {
        byte[] first = Train(LogText.Real, 600).ToJson();
        Assert.Equal(first, Train(LogText.Real, 600).ToJson());
        Assert.Equal(first, Train(LogText.Real.Reverse(), 600).ToJson());
    }

    [Fact]
    public void A_small_text_gives_fewer_merges_than_asked()
    {
        Assert.Equal(260, new BpeTrainer().Train(8192, CancellationToken.None).VocabularySize);
        Assert.Equal(260, Train(["one two"u8.ToArray()], 8192).VocabularySize);
        Assert.Equal(262, Train(["abc"u8.ToArray(), "abc"u8.ToArray()], 8192).VocabularySize);
        Assert.InRange(Train(LogText.Real.Take(20), 8192).VocabularySize, 300, 1000);
    }

    [Fact]
    public void A_vocabulary_is_never_larger_than_asked() => Assert.Equal(300, Train(LogText.Real, 300).VocabularySize);

    [Fact]
    public void No_two_tokens_have_the_same_bytes()
    {
        byte[][] hard = ["aaaaaaaaaaaaaaa aaaa aaa"u8.ToArray(), "abaababaab abab baab abaab"u8.ToArray()];
        BpeTokenizer tokenizer = Train([.. hard, .. LogText.Real], 900);
        string[] tokens = [.. Enumerable.Range(4, tokenizer.VocabularySize - 4).Select(t => Convert.ToHexString(tokenizer.Decode([t])))];
        Assert.Equal(tokens.Length, tokens.Distinct().Count());
    }

    [Fact]
    public void Beyond_the_word_limit_new_words_are_dropped_and_counted_and_known_ones_count_on()
    {
        var trainer = new BpeTrainer(wordsMax: 2);
        trainer.Add("ab cd xy xy ab"u8);
        Assert.Equal(3, trainer.WordsDropped);
        Assert.Equal(14, trainer.BytesSeen);
        trainer.Add("ab"u8);
        BpeTokenizer tokenizer = trainer.Train(8192, CancellationToken.None);
        Assert.Equal("ab"u8.ToArray(), tokenizer.Decode([260]));
        Assert.Equal(261, tokenizer.VocabularySize);
    }

    [Fact]
    public void Training_stops_when_asked()
    {
        var trainer = new BpeTrainer();
        foreach (byte[] line in LogText.Real) trainer.Add(line);
        Assert.Throws<OperationCanceledException>(() => trainer.Train(8192, new CancellationToken(canceled: true)));
    }

    internal static BpeTokenizer Train(IEnumerable<byte[]> lines, int vocabularySize)
    {
        var trainer = new BpeTrainer();
        foreach (byte[] line in lines) trainer.Add(line);
        return trainer.Train(vocabularySize, CancellationToken.None);
    }

    internal static int[] Encode(BpeTokenizer tokenizer, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int[] tokens = new int[utf8.Length];
        return tokens[..tokenizer.Encode(utf8, tokens)];
    }
}
