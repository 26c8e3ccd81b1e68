using System.Text;
using SslAgent.Learning.Text;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Tests.Text.Tokenizing;

public sealed class BpeTokenizerTests(ITestOutputHelper output)
{
    private static readonly BpeTokenizer Tokenizer = BpeTrainerTests.Train(LogText.Real, 1000);

    [Fact]
    public void Any_bytes_come_back_and_no_special_token_is_made_of_them()
    {
        const int seed = 821;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int[] tokens = new int[5000];
        List<byte[]> inputs = [.. LogText.Real, .. LogText.Odd.Select(Encoding.UTF8.GetBytes)];
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            inputs.Add(bytes);
            inputs.Add(Encoding.UTF8.GetBytes(LogText.Random(random, 40)));
        }

        foreach (byte[] bytes in inputs)
        {
            int count = Tokenizer.Encode(bytes, tokens);
            Assert.Equal(bytes, Tokenizer.Decode(tokens.AsSpan(0, count)));
            for (int i = 0; i < count; i++) Assert.InRange(tokens[i], SpecialTokens.Count, Tokenizer.VocabularySize - 1);
        }
    }

    [Fact]
    public void A_short_span_takes_the_first_tokens_of_the_whole()
    {
        foreach (byte[] line in LogText.Real.Take(40).Concat(LogText.Odd.Select(Encoding.UTF8.GetBytes)))
        {
            int[] whole = new int[line.Length];
            whole = whole[..Tokenizer.Encode(line, whole)];
            for (int room = 0; room <= whole.Length; room++)
            {
                int[] tokens = new int[room];
                Assert.Equal(room, Tokenizer.Encode(line, tokens));
                Assert.Equal(whole[..room], tokens);
            }
        }
    }

    [Fact]
    public void Trained_text_takes_less_than_half_as_many_tokens_as_bytes()
    {
        int[] tokens = new int[1000];
        int bytes = LogText.Real.Sum(line => line.Length), count = LogText.Real.Sum(line => Tokenizer.Encode(line, tokens));
        output.WriteLine($"{bytes} bytes, {count} tokens");
        Assert.True(count * 2 < bytes);
    }

    [Fact]
    public void Special_tokens_decode_to_nothing() => Assert.Equal(
        "a"u8.ToArray(), Tokenizer.Decode([SpecialTokens.Start, SpecialTokens.Count + 'a', SpecialTokens.End, SpecialTokens.Padding]));

    [Fact]
    public void Encoding_allocates_nothing()
    {
        int[] tokens = new int[1000];
        byte[] odd = Encoding.UTF8.GetBytes(string.Concat(LogText.Odd));
        Tokenizer.Encode(odd, tokens);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Tokenizer.Encode(odd, tokens);
        for (int i = 0; i < 100; i++) Tokenizer.Encode(LogText.Real[i], tokens);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Several_threads_get_what_one_gets()
    {
        int[][] alone = [.. LogText.Real.Select(EncodeWhole)];
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < alone.Length; i++) Assert.Equal(alone[i], EncodeWhole(LogText.Real[i]));
        });
    }

    private static int[] EncodeWhole(byte[] line)
    {
        int[] tokens = new int[line.Length];
        return tokens[..Tokenizer.Encode(line, tokens)];
    }
}
