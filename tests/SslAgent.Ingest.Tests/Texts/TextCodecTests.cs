using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest.Texts;

namespace SslAgent.Ingest.Tests.Texts;

public sealed class TextCodecTests
{
    private static readonly TextCodec Codec = new(new TextOptions { BytesMax = 40 });

    [Theory]
    [InlineData("plain line", "plain line")]
    [InlineData("plain line\r\n", "plain line")]
    [InlineData("  indented stays", "  indented stays")]
    [InlineData("tab\tand\nbreak", "tab and break")]
    [InlineData("bell\aand\u0085next\u007f", "bellandnext")]
    [InlineData("\u001b[1;31mred\u001b[0m end", "red end")]
    [InlineData("lone \u001b escape", "lone  escape")]
    [InlineData("\ufeffmark", "mark")]
    [InlineData("Cafe\u0301", "Caf\u00e9")]
    [InlineData("\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00")]
    [InlineData("\u212b \u2126", "\u00c5 \u03a9")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u732b \U0001F431 ok", "\u732b \U0001F431 ok")]
    public void A_line_is_brought_to_the_form_that_text_promises(string given, string expected) => Assert.Equal(expected, Decode(given));

    [Theory]
    [InlineData("", "the text is empty")]
    [InlineData(" \r\n", "the text is empty")]
    [InlineData("\a\0", "the text has nothing but blanks and control characters")]
    public void What_has_no_words_is_refused(string given, string reason) =>
        Assert.Equal(new Rejection("text", reason), Codec.Decode(Encoding.UTF8.GetBytes(given)).Rejection);

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_with_their_place()
    {
        byte[] latin = [.. "caf"u8, 0xE9, .. " au lait"u8];
        Assert.Equal(new Rejection("text", "the text is not UTF-8 from byte 3 on"), Codec.Decode(latin).Rejection);
    }

    [Fact]
    public void A_long_text_is_cut_between_characters()
    {
        Assert.Equal(new string('x', 40), Decode(new string('x', 1_000)));
        Assert.Equal(new string('x', 39), Decode(new string('x', 39) + "\u00e9\u00e9"));
        Assert.Equal("x" + new string('\u732b', 13), Decode("x" + new string('\u732b', 500)));
        Assert.Equal(new string('\ud55c', 13), Decode(string.Concat(Enumerable.Repeat("\u1112\u1161\u11ab", 400))));
    }

    [Fact]
    public void A_row_of_marks_is_kept_up_to_thirty()
    {
        var codec = new TextCodec(new TextOptions { BytesMax = 1_048_576 });

        // Unbounded, putting two million marks in order would take hours.
        string row = string.Concat(Enumerable.Repeat("\u0301\u0316", 1_000_000));
        string kept = Assert.IsType<Text>(codec.Decode(Encoding.UTF8.GetBytes($"x{row}y\u0308\t{row}")).Text).ToString();
        Assert.Equal($"x{new string('\u0316', 15)}{new string('\u0301', 15)}\u00ff {new string('\u0316', 15)}{new string('\u0301', 15)}", kept);
    }

    [Fact]
    public void The_given_bytes_are_copied()
    {
        byte[] given = "line"u8.ToArray();
        Text text = Assert.IsType<Text>(Codec.Decode(given).Text);
        given[0] = (byte)'f';
        Assert.Equal("line", text.ToString());
    }

    [Fact]
    public void Normal_form_c_is_pythons()
    {
        int count = 0;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Texts", "nfc.tsv")))
        {
            string[] columns = line.Split('\t');
            Text text = Assert.IsType<Text>(Codec.Decode(Convert.FromHexString(columns[0])).Text);
            Assert.Equal(columns[1], Convert.ToHexStringLower(text.Utf8));
            count++;
        }

        Assert.InRange(count, 2_000, 10_000);
    }

    [Fact]
    public void Decoding_twice_changes_nothing_more()
    {
        var random = new Random(20_261_121);
        var wide = new TextCodec(new TextOptions { BytesMax = 4_096 });
        for (int round = 0; round < 2_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => char.ConvertFromUtf32(RandomCodePoint(random))));
            if (wide.Decode(Encoding.UTF8.GetBytes(text)).Text is not { } once) continue;
            Text twice = Assert.IsType<Text>(wide.Decode(once.Utf8).Text);
            Assert.True(once.Utf8.AsSpan().SequenceEqual(twice.Utf8), $"seed 20261121, round {round}: {Convert.ToHexString(Encoding.UTF8.GetBytes(text))}");
        }
    }

    private static int RandomCodePoint(Random random)
    {
        int point = random.Next(4) switch { 0 => random.Next(0x20, 0x250), 1 => random.Next(0x300, 0x370), 2 => random.Next(0x1100, 0x1200), _ => random.Next(0x20, 0x11_0000) };
        return point is >= 0xD800 and <= 0xDFFF ? 'x' : point;
    }

    private static string Decode(string given)
    {
        TextDecoding decoding = Codec.Decode(Encoding.UTF8.GetBytes(given));
        Assert.Null(decoding.Rejection);
        return Assert.IsType<Text>(decoding.Text).ToString();
    }
}
