using System.Text;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Tests.Text.Tokenizing;

public sealed class PreTokenizerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("2015-10-18 18:01:47,978 INFO [main]", "20|15|-|10|-|18| 18|:|01|:|47|,|97|8| INFO| [|main|]")]
    [InlineData("sshd(pam_unix)[19939]: user  root", "sshd|(|pam_unix|)[|19|93|9|]:| user|  |root")]
    [InlineData("blk_-6952 Grüße\t\tx", "blk_|-|69|52| Grüße|\t\t|x")]
    public void Log_lines_fall_into_the_words_that_a_reader_sees(string line, string words) =>
        Assert.Equal(words, string.Join('|', Split(Encoding.UTF8.GetBytes(line)).Select(Encoding.UTF8.GetString)));

    [Fact]
    public void The_scanner_and_the_regular_expression_agree_on_real_and_odd_lines()
    {
        foreach (string line in LogText.Real.Select(Encoding.UTF8.GetString).Concat(LogText.Odd)) AssertAgree(line);
    }

    [Fact]
    public void The_scanner_and_the_regular_expression_agree_on_random_text()
    {
        const int seed = 811;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 3000; i++) AssertAgree(LogText.Random(random, 60));
    }

    [Fact]
    public void Any_bytes_fall_into_words_of_bounded_length_that_join_to_the_whole()
    {
        const int seed = 812;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] fillings = [0x00, 0x80, 0xBF, 0xC3, 0xFF, (byte)' ', (byte)'a'];
        List<byte[]> inputs = [.. fillings.Select(Filled)];
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            inputs.Add(bytes);
        }

        foreach (byte[] bytes in inputs)
        {
            byte[][] words = [.. Split(bytes)];
            Assert.All(words, word => Assert.InRange(word.Length, 1, PreTokenizer.WordBytesMax));
            Assert.Equal(bytes, words.SelectMany(word => word));
        }

        static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 5000)];
    }

    private static void AssertAgree(string text) => Assert.Equal(
        SlowBpe.SplitWords(text), Split(Encoding.UTF8.GetBytes(text)).Select(Encoding.Latin1.GetString));

    private static IEnumerable<byte[]> Split(byte[] text)
    {
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = PreTokenizer.FirstWord(text.AsSpan(at));
            yield return text[at..(at + length)];
        }
    }
}
