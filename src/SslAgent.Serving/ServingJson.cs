using System.Text.Json.Serialization;
using SslAgent.Serving.Embeddings;
using SslAgent.Serving.Http;

namespace SslAgent.Serving;

/// <summary>JSON of the public interface, in OpenAI's spelling.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(EmbeddingVectorConverter)])]
[JsonSerializable(typeof(ApiErrorBody))]
[JsonSerializable(typeof(EmbeddingsRequestBody))]
[JsonSerializable(typeof(EmbeddingsResponseBody))]
[JsonSerializable(typeof(ModelListBody))]
[JsonSerializable(typeof(ModelBody))]
internal sealed partial class ServingJson : JsonSerializerContext;
