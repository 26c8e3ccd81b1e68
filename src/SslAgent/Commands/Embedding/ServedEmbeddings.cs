using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Commands.Embedding;

/// <summary>The running daemon makes the vectors, over its HTTP interface (docs/http-api.md): what an application would get.</summary>
internal sealed class ServedEmbeddings(Uri address, EmbeddingSpace space) : IEmbeddingRoute
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    private ModelVersion? _version;

    public async Task<EmbeddedBatch> EmbedAsync(IReadOnlyList<EmbedItem> items, CancellationToken cancellation)
    {
        using ByteArrayContent content = new(Body(items)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using HttpResponseMessage response = await PostAsync(content, cancellation);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
        if (!response.IsSuccessStatusCode)
        {
            string? why = answer.RootElement.GetProperty("error").GetProperty("message").GetString();
            throw new CommandException(ExitCode.Refused, $"the daemon refused the batch that begins with {items[0].Name}: {why}");
        }

        _version = VersionOf(answer.RootElement.GetProperty("model").GetString());
        return new EmbeddedBatch(_version.Value, [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(VectorOf)]);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> PostAsync(HttpContent content, CancellationToken cancellation)
    {
        try
        {
            return await _http.PostAsync(new Uri("/v1/embeddings", UriKind.Relative), content, cancellation);
        }
        catch (HttpRequestException unreachable)
        {
            throw new CommandException(ExitCode.Refused, $"no daemon answers at {address}: {unreachable.Message}. Without one: --version SERVING reads a version from disk");
        }
    }

    private byte[] Body(IReadOnlyList<EmbedItem> items)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();

            // From the second batch on only the version that answered the first one will do: a file of mixed versions is of no use.
            json.WriteString("model", _version is { } version ? $"{EmbeddingSpaces.Word(space)}@{version}" : EmbeddingSpaces.Word(space));
            json.WriteString("encoding_format", "base64");
            json.WriteStartArray("input");
            foreach (EmbedItem item in items)
                json.WriteStringValue(item.Text ?? $"data:image/*;base64,{Convert.ToBase64String(item.Picture ?? [])}");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static ModelVersion VersionOf(string? model) =>
        ModelVersion.TryParse(model?.Split('@')[^1], out ModelVersion version)
            ? version
            : throw new CommandException(ExitCode.Failed, $"the daemon answered as '{model}', which names no version");

    // The interface promises little-endian float32; so is every platform that this runs on.
    private static float[] VectorOf(JsonElement row) => MemoryMarshal.Cast<byte, float>(row.GetProperty("embedding").GetBytesFromBase64()).ToArray();
}
