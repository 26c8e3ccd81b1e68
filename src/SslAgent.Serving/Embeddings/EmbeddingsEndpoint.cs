using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SslAgent.Domain;
using SslAgent.Serving.Http;
using SslAgent.Serving.Inference;

namespace SslAgent.Serving.Embeddings;

/// <summary>
/// <c>POST /v1/embeddings</c>: 1. take room for the body, 2. read and check it, 3. decode pictures and texts, 4. hand the inputs to the
/// inference thread, 5. answer with the vectors and the version that made them.
/// </summary>
internal sealed class EmbeddingsEndpoint(ServingOptions options, EmbedderHost embedders, InputDecoder decoder, TimeProvider time) : IDisposable
{
    public const string VersionHeader = "x-sslagent-version";

    private const string Path = "/v1/embeddings";
    private const int RetryFullSeconds = 1, RetryNoVersionSeconds = 10, RetryStoppingSeconds = 5;

    private readonly ByteBudget _bodies = new(options.RequestBytesTotalMax);

    // Decoding pictures is work for a core each; more at once would only add memory.
    private readonly SemaphoreSlim _decoding = new(Environment.ProcessorCount);

    public Route Route => new("POST", Path, RouteAccess.Public, (context, _) => HandleAsync(context));

    public void Dispose() => _decoding.Dispose();

    private async Task HandleAsync(HttpContext context)
    {
        long started = time.GetTimestamp();
        long bytes = Math.Min(context.Request.ContentLength ?? options.RequestBytesMax, options.RequestBytesMax);
        Outcome outcome = new(null, null, null);
        if (!_bodies.TryTake(bytes))
        {
            outcome = outcome with { Error = ApiError.Unavailable("too many requests are being read; try again", "busy", RetryFullSeconds) };
        }
        else
        {
            try
            {
                outcome = await EmbedAsync(context);
            }
            finally
            {
                _bodies.Give(bytes);
            }
        }

        int status = outcome.Error?.Status ?? StatusCodes.Status200OK;
        embedders.Metrics.CountRequest(outcome.Space, status, time.GetElapsedTime(started));
        if (status == StatusCodes.Status503ServiceUnavailable) embedders.Metrics.CountRefused(outcome.Error?.Code ?? "");
        await (outcome.Body is { } body
            ? Answers.Json(context, body, ServingJson.Default.EmbeddingsResponseBody)
            : Answers.Error(context, outcome.Error ?? ApiError.Failed("no outcome")));
    }

    private async Task<Outcome> EmbedAsync(HttpContext context)
    {
        (EmbeddingsRequestBody? body, ApiError? bodyError) = await ReadAsync(context);
        if (body is null) return new Outcome(null, null, bodyError);
        (EmbeddingsQuery? query, ApiError? queryError) = EmbeddingsReading.Of(body, options.InputsPerRequestMax);
        if (query is null) return new Outcome(null, null, queryError);
        (IReadOnlyList<EmbeddingInput> inputs, ApiError? inputError) = await DecodeAsync(query, context.RequestAborted);
        if (inputError is not null) return new Outcome(query.Space, null, inputError);
        EmbeddingAdmission admission = embedders.Submit(query.Space, inputs, query.Only, context.RequestAborted);
        return admission is EmbeddingAdmission.Admitted admitted
            ? await AnswerAsync(context, query, admitted)
            : new Outcome(query.Space, null, RefusalOf(admission, query));
    }

    private static async Task<(EmbeddingsRequestBody? Body, ApiError? Error)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentType is { Length: > 0 } type && !IsJson(type))
        {
            return (null, ApiError.MediaType($"the body must be application/json, not {type}"));
        }

        try
        {
            EmbeddingsRequestBody? body = await JsonSerializer.DeserializeAsync(
                context.Request.Body, ServingJson.Default.EmbeddingsRequestBody, context.RequestAborted);
            return (body, body is null ? ApiError.BadRequest("the body is null", null, "invalid_json") : null);
        }
        catch (JsonException bad)
        {
            return (null, ApiError.BadRequest($"the body is no JSON object: {bad.Message}", null, "invalid_json"));
        }
    }

    private static bool IsJson(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    private async Task<(IReadOnlyList<EmbeddingInput> Inputs, ApiError? Error)> DecodeAsync(EmbeddingsQuery query, CancellationToken cancellation)
    {
        await _decoding.WaitAsync(cancellation);
        try
        {
            return decoder.Decode(query, cancellation);
        }
        finally
        {
            _decoding.Release();
        }
    }

    private static async Task<Outcome> AnswerAsync(HttpContext context, EmbeddingsQuery query, EmbeddingAdmission.Admitted admitted)
    {
        EmbeddingAnswer answer;
        try
        {
            answer = await admitted.Answer;
        }
        catch (InferenceFailedException failed)
        {
            return new Outcome(query.Space, null, ApiError.Failed($"the inference failed; the server's log says how ({failed.Version})"));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return new Outcome(query.Space, null, RefusalOf(new EmbeddingAdmission.Stopping(), query));
        }

        int width = answer.Vectors[0].Length;
        if (query.Dimensions is { } dimensions && dimensions != width)
        {
            return new Outcome(query.Space, null, ApiError.BadRequest($"dimensions is {dimensions}; these vectors have {width} and are not shortened", "dimensions"));
        }

        string model = new ModelName(query.Space, answer.Version).ToString();
        context.Response.Headers[VersionHeader] = answer.Version.ToString();
        IReadOnlyList<EmbeddingBody> data =
            [.. answer.Vectors.Select((vector, i) => new EmbeddingBody("embedding", i, new EmbeddingVector(vector, query.AsBase64)))];
        return new Outcome(query.Space, new EmbeddingsResponseBody("list", data, model, new UsageBody(answer.Tokens, answer.Tokens)), null);
    }

    private static ApiError RefusalOf(EmbeddingAdmission admission, EmbeddingsQuery query) => admission switch
    {
        EmbeddingAdmission.NoVersion =>
            ApiError.Unavailable("no version has been promoted yet; the first training cycles are on their way", "no_version", RetryNoVersionSeconds),
        EmbeddingAdmission.QueueFull => ApiError.Unavailable("too many inputs are waiting; try again", "queue_full", RetryFullSeconds),
        EmbeddingAdmission.OtherVersion other =>
            ApiError.NotFound($"{new ModelName(query.Space, query.Only)} is not served; {other.Served} is", "version_not_served", "model"),
        EmbeddingAdmission.NoSuchSpace none =>
            ApiError.NotFound($"{none.Served} has no '{ServingMetrics.NameOf(query.Space)}' vectors: {WhyNot(query.Space)}", "model_not_found", "model"),
        _ => ApiError.Unavailable("the server is stopping", "stopping", RetryStoppingSeconds),
    };

    private static string WhyNot(EmbeddingSpace space) => space == EmbeddingSpace.Joint
        ? "frames and texts have no shared space until CLIP was trained on pairs and promoted"
        : "it was never trained on them";

    /// <summary>An answer or an error, and the vector kind where it is known.</summary>
    private sealed record Outcome(EmbeddingSpace? Space, EmbeddingsResponseBody? Body, ApiError? Error);
}
