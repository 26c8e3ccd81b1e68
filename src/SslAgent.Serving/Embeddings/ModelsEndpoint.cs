using Microsoft.AspNetCore.Http;
using SslAgent.Domain;
using SslAgent.Serving.Http;
using SslAgent.Serving.Inference;

namespace SslAgent.Serving.Embeddings;

/// <summary>
/// <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>: the vector kinds that the served version has; none before the first.
/// </summary>
internal sealed class ModelsEndpoint(EmbedderHost embedders)
{
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/v1/models", RouteAccess.Public, (context, _) => ListAsync(context)),
        new("GET", "/v1/models/", RouteAccess.Public, ShowAsync),
    ];

    private Task ListAsync(HttpContext context) =>
        Answers.Json(context, new ModelListBody("list", [.. Models()]), ServingJson.Default.ModelListBody);

    private Task ShowAsync(HttpContext context, string id)
    {
        ModelBody? model = ModelName.Read(id) is { } name
            ? Models().FirstOrDefault(model => model.Id == ServingMetrics.NameOf(name.Space) && (name.Only is null || model.Version == name.Only.ToString()))
            : null;
        return model is null
            ? Answers.Error(context, ApiError.NotFound($"there is no model '{id}' now", "model_not_found", "model"))
            : Answers.Json(context, model, ServingJson.Default.ModelBody);
    }

    private IEnumerable<ModelBody> Models()
    {
        if (embedders.Current is not { } served) yield break;
        foreach (EmbeddingSpace space in Enum.GetValues<EmbeddingSpace>())
        {
            if (served.Width(space) is not { } width) continue;
            yield return new ModelBody(
                ServingMetrics.NameOf(space), "model", served.Since.ToUnixTimeSeconds(), "sslagent", served.Version.ToString(), width);
        }
    }
}
