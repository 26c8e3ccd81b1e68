using System.Text.Json;
using System.Text.Json.Nodes;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// What every <c>tokenizer.json</c> of ours says beside its vocabulary and merges: special tokens, the pre-tokenizer's pattern, the byte
/// alphabet, where the special tokens go around a text. The writer copies it; the reader demands it.
/// </summary>
internal static class TokenizerJsonFrame
{
    private static readonly JsonElement Frame = Build().Deserialize<JsonElement>();

    private static readonly JsonElement Model = BuildModel().Deserialize<JsonElement>();

    /// <summary>Everything but <c>model</c>, in the order of the file.</summary>
    public static IEnumerable<JsonProperty> Properties => Frame.EnumerateObject();

    /// <summary>Everything in <c>model</c> but <c>vocab</c> and <c>merges</c>.</summary>
    public static IEnumerable<JsonProperty> ModelProperties => Model.EnumerateObject();

    private static JsonObject Build() => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. SpecialTokens.Names.Select(AddedToken)]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(SplitByPattern(), ByteLevel()),
        },
        ["post_processor"] = new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Special(SpecialTokens.Start), Sequence("A"), Special(SpecialTokens.End)),
            ["pair"] = new JsonArray(
                Special(SpecialTokens.Start), Sequence("A"), Special(SpecialTokens.End), Sequence("B"), Special(SpecialTokens.End)),
            ["special_tokens"] = new JsonObject
            {
                [SpecialTokens.Names[SpecialTokens.Start]] = SpecialNumbers(SpecialTokens.Start),
                [SpecialTokens.Names[SpecialTokens.End]] = SpecialNumbers(SpecialTokens.End),
            },
        },
        ["decoder"] = ByteLevel(),
    };

    private static JsonObject BuildModel() => new()
    {
        ["type"] = "BPE",
        ["dropout"] = null,
        ["unk_token"] = null,
        ["continuing_subword_prefix"] = null,
        ["end_of_word_suffix"] = null,
        ["fuse_unk"] = false,
        ["byte_fallback"] = false,
    };

    private static JsonNode AddedToken(string name, int token) => new JsonObject
    {
        ["id"] = token,
        ["content"] = name,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject SplitByPattern() => new()
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = PreTokenizer.Pattern },
        ["behavior"] = "Isolated",
        ["invert"] = false,
    };

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = false,
    };

    private static JsonObject Special(int token) =>
        new() { ["SpecialToken"] = new JsonObject { ["id"] = SpecialTokens.Names[token], ["type_id"] = 0 } };

    private static JsonObject Sequence(string name) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = 0 } };

    private static JsonObject SpecialNumbers(int token) => new()
    {
        ["id"] = SpecialTokens.Names[token],
        ["ids"] = new JsonArray(token),
        ["tokens"] = new JsonArray(SpecialTokens.Names[token]),
    };
}
