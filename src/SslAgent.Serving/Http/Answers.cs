using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace SslAgent.Serving.Http;

/// <summary>How this server writes responses.</summary>
internal static class Answers
{
    private const string JsonType = "application/json; charset=utf-8";

    public static async Task Json<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        // Written to memory first: a value that cannot be written becomes an error answer, not half a body.
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        await Bytes(context, body, JsonType, status);
    }

    public static Task Error(HttpContext context, ApiError error)
    {
        if (error.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Json(context, new ApiErrorBody(error), ServingJson.Default.ApiErrorBody, error.Status);
    }

    public static async Task Bytes(HttpContext context, ReadOnlyMemory<byte> body, string contentType, int status = StatusCodes.Status200OK)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
