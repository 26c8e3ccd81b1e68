using System.Text.Json;
using System.Text.Json.Serialization;

namespace SslAgent.Serving.Embeddings;

/// <summary>
/// Body of <c>POST /v1/embeddings</c>. Fields are read loosely here and checked one by one, so that a fault names its field.
/// </summary>
internal sealed record EmbeddingsRequestBody(
    [property: JsonPropertyName("model")] JsonElement Model,
    [property: JsonPropertyName("input")] JsonElement Input,
    [property: JsonPropertyName("encoding_format")] JsonElement EncodingFormat,
    [property: JsonPropertyName("dimensions")] JsonElement Dimensions);

/// <summary>Answer of <c>POST /v1/embeddings</c>.</summary>
/// <param name="Model">The vector kind and the version that answered: <c>text@v12</c>.</param>
internal sealed record EmbeddingsResponseBody(string Object, IReadOnlyList<EmbeddingBody> Data, string Model, UsageBody Usage);

internal sealed record EmbeddingBody(string Object, int Index, EmbeddingVector Embedding);

/// <param name="PromptTokens">Tokens that the text tower read; frames have none.</param>
internal sealed record UsageBody(long PromptTokens, long TotalTokens);

/// <summary>Answer of <c>GET /v1/models</c>.</summary>
internal sealed record ModelListBody(string Object, IReadOnlyList<ModelBody> Data);

/// <param name="Created">Seconds since 1970 UTC at which this version began to be served.</param>
/// <param name="Dimensions">Width of the vectors.</param>
internal sealed record ModelBody(string Id, string Object, long Created, string OwnedBy, string Version, int Dimensions);
