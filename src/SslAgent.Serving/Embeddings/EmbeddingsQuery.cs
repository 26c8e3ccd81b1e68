using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Serving.Http;

namespace SslAgent.Serving.Embeddings;

/// <summary>A checked request: which vectors, of which version (null for whichever is served), of what, written how.</summary>
internal sealed record EmbeddingsQuery(
    EmbeddingSpace Space, ModelVersion? Only, IReadOnlyList<string> Inputs, bool AsBase64, int? Dimensions);

/// <summary>The query of a body, or what is wrong with it. Exactly one of the two is set.</summary>
internal readonly record struct EmbeddingsReading(EmbeddingsQuery? Query, ApiError? Error)
{
    private const string Models = "'frames', 'text' or 'joint', if need be with the one version that may answer, as in 'text@v12'";

    public static EmbeddingsReading Of(EmbeddingsRequestBody body, int inputsMax)
    {
        if (ReadModel(body.Model, out EmbeddingSpace space, out ModelVersion? only) is { } modelError) return new(null, modelError);
        if (ReadFormat(body.EncodingFormat, out bool asBase64) is { } formatError) return new(null, formatError);
        if (ReadDimensions(body.Dimensions, out int? dimensions) is { } dimensionsError) return new(null, dimensionsError);
        if (ReadInputs(body.Input, inputsMax, out List<string> inputs) is { } inputError) return new(null, inputError);
        return new(new EmbeddingsQuery(space, only, inputs, asBase64, dimensions), null);
    }

    private static ApiError? ReadModel(JsonElement model, out EmbeddingSpace space, out ModelVersion? only)
    {
        (space, only) = (default, null);
        if (IsMissing(model)) return ApiError.BadRequest($"model is missing: {Models}", "model", "missing_value");
        if (model.ValueKind != JsonValueKind.String) return ApiError.BadRequest($"model must be a string: {Models}", "model");
        if (StringOf(model) is not { } name || ModelName.Read(name) is not { } read)
        {
            return ApiError.NotFound($"there is no model '{Shortened(StringOf(model) ?? "?")}': {Models}", "model_not_found", "model");
        }

        (space, only) = (read.Space, read.Only);
        return null;
    }

    private static ApiError? ReadFormat(JsonElement format, out bool asBase64)
    {
        asBase64 = false;
        if (IsMissing(format)) return null;
        asBase64 = StringOf(format) == "base64";
        return asBase64 || StringOf(format) == "float" ? null : ApiError.BadRequest("encoding_format must be 'float' or 'base64'", "encoding_format");
    }

    private static ApiError? ReadDimensions(JsonElement dimensions, out int? count)
    {
        count = null;
        if (IsMissing(dimensions)) return null;
        if (dimensions.ValueKind != JsonValueKind.Number || !dimensions.TryGetInt32(out int value) || value < 1)
        {
            return ApiError.BadRequest("dimensions must be a positive whole number", "dimensions");
        }

        count = value;
        return null;
    }

    private static ApiError? ReadInputs(JsonElement input, int inputsMax, out List<string> inputs)
    {
        inputs = [];
        if (IsMissing(input)) return ApiError.BadRequest("input is missing: a string, or an array of strings", "input", "missing_value");
        if (input.ValueKind == JsonValueKind.String) return AddString(input, "input", inputs);
        if (input.ValueKind != JsonValueKind.Array) return ApiError.BadRequest("input must be a string or an array of strings", "input");
        int count = input.GetArrayLength();
        if (count == 0) return ApiError.BadRequest("input is an empty array", "input");
        if (count > inputsMax) return ApiError.BadRequest($"input has {count} entries, the limit is {inputsMax}", "input", "too_many_inputs");
        foreach (JsonElement entry in input.EnumerateArray())
        {
            if (entry.ValueKind is JsonValueKind.Number or JsonValueKind.Array)
            {
                return ApiError.BadRequest("input holds token numbers; this server's tokenizer is its own: send the text itself", "input", "tokens_refused");
            }

            if (AddString(entry, $"input[{inputs.Count}]", inputs) is { } error) return error;
        }

        return null;
    }

    private static ApiError? AddString(JsonElement entry, string where, List<string> inputs)
    {
        if (StringOf(entry) is not { } text) return ApiError.BadRequest($"{where} is no string of valid Unicode", "input");
        inputs.Add(text);
        return null;
    }

    /// <summary>
    /// The string, or null where it is none or holds half a character (a lone surrogate, broken UTF-8), which JSON lets pass.
    /// </summary>
    private static string? StringOf(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsMissing(JsonElement element) => element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    private static string Shortened(string name) => name.Length <= 80 ? name : name[..80] + "…";
}
