using System.Text;
using System.Text.Json.Nodes;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Tests.Text.Tokenizing;

public sealed class TokenizerJsonTests(ITestOutputHelper output)
{
    private static readonly BpeTokenizer Tokenizer = BpeTrainerTests.Train(LogText.Real, 400);

    [Fact]
    public void What_is_read_back_is_the_same_tokenizer()
    {
        BpeTokenizer read = BpeTokenizer.FromJson(Tokenizer.ToJson());
        Assert.Equal(Tokenizer.ToJson(), read.ToJson());
        Assert.Equal(Tokenizer.VocabularySize, read.VocabularySize);
        foreach (string line in LogText.Odd) Assert.Equal(BpeTrainerTests.Encode(Tokenizer, line), BpeTrainerTests.Encode(read, line));
    }

    [Fact]
    public void The_first_stored_file_is_read_for_ever_and_written_as_it_was()
    {
        byte[] stored = File.ReadAllBytes(LogText.PathOf("tokenizer-v1.json"));
        BpeTokenizer read = BpeTokenizer.FromJson(stored);
        Assert.Equal(Encoding.UTF8.GetString(stored), Encoding.UTF8.GetString(read.ToJson()));
        Assert.Equal([54, 80, 276, 296, 274], BpeTrainerTests.Encode(read, "2L status installed")[..5]);
    }

    [Fact]
    public void Layout_and_order_of_properties_are_free()
    {
        JsonObject file = Parse();
        var turned = new JsonObject(file.Reverse().Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
        Assert.Equal(Tokenizer.ToJson(), BpeTokenizer.FromJson(Encoding.UTF8.GetBytes(turned.ToJsonString())).ToJson());
    }

    public static readonly TheoryData<string, string, string> Changes = new()
    {
        { "version", "\"2.0\"", "version" },
        { "normalizer", "{\"type\":\"NFC\"}", "normalizer" },
        { "truncation", "{\"max_length\":8}", "truncation" },
        { "pre_tokenizer", "{\"type\":\"Whitespace\"}", "pre_tokenizer" },
        { "added_tokens", "[]", "added_tokens" },
        { "post_processor", "null", "post_processor" },
        { "surprise", "1", "surprise: unknown" },
        { "model", "7", "model: not an object" },
        { "model.type", "\"WordPiece\"", "model.type" },
        { "model.dropout", "0.1", "model.dropout" },
        { "model.unk_token", "\"?\"", "model.unk_token" },
        { "model.vocab", "{}", "model.merges[0]" },
        { "model.vocab", "[]", "model.vocab: not an object" },
        { "model.vocab.a", "\"x\"", "model.vocab[\"a\"]: not a token number" },
        { "model.vocab.a", "70000", "model.merges: merge" },
        { "model.vocab.extra", "9999", "model.vocab: 401 tokens" },
        { "model.vocab.[MASK]", "1", "model.vocab[\"[MASK]\"]: not 3" },
        { "model.merges", "[]", "model.vocab: 400 tokens where the merges make 260" },
        { "model.merges", "{}", "model.merges: not an array" },
        { "model.merges", "[\"a\"]", "model.merges[0]: not two tokens" },
        { "model.merges", "[1]", "model.merges[0]: not two tokens" },
        { "model.merges", "[\"[PAD] a\"]", "not both made before it" },
        { "model.merges", "[\"a b\",\"a b\"]", "which token 260 is already" },
        { "model.merges", "[\"Ġst atus\"]", "model.merges[0]: not two tokens" },
        { "model.merges", "[\"ab c\",\"a b\"]", "model.merges[0]: not two tokens" },
    };

    [Theory, MemberData(nameof(Changes))]
    public void A_file_that_means_something_else_is_refused_with_the_place(string path, string value, string place)
    {
        JsonObject file = Parse(), parent = file;
        string[] steps = path.Split('.');
        foreach (string step in steps[..^1]) parent = parent[step]!.AsObject();
        parent[steps[^1]] = JsonNode.Parse(value);
        string message = Refuse(Encoding.UTF8.GetBytes(file.ToJsonString()));
        output.WriteLine(message);
        Assert.Contains(place, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"version\":\"1.0\",\"version\":\"1.0\"}")]
    [InlineData("{\"\\ud800\":1}")]
    public void What_is_no_tokenizer_is_refused(string json) => Assert.NotEmpty(Refuse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] json = Tokenizer.ToJson();
        for (int length = 0; length < json.Length - 2; length += 7) Refuse(json[..length]);
    }

    [Fact]
    public void A_flipped_byte_is_refused_or_changes_nothing()
    {
        const int seed = 831;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] json = Tokenizer.ToJson();
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] mutant = (byte[])json.Clone();
            mutant[random.Next(mutant.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                BpeTokenizer.FromJson(mutant);
            }
            catch (TokenizerFormatException)
            {
                refused++;
            }
        }

        output.WriteLine($"{refused} of 3000 refused");
        Assert.True(refused > 2000);
    }

    private static JsonObject Parse() => JsonNode.Parse(Tokenizer.ToJson())!.AsObject();

    private static string Refuse(byte[] json) => Assert.Throws<TokenizerFormatException>(() => BpeTokenizer.FromJson(json)).Message;
}
