using System.Text.Json.Serialization;

namespace SslAgent.Serving.Http;

/// <summary>What went wrong with a request, in the shape of OpenAI's errors, which its client libraries know how to show.</summary>
/// <param name="Type"><c>invalid_request_error</c> where the client can do something about it, else <c>server_error</c>.</param>
/// <param name="Param">The field at fault, or null.</param>
/// <param name="Code">A word for programs.</param>
internal sealed record ApiError(
    [property: JsonIgnore] int Status, string Message, string Type, string? Param, string Code)
{
    private const string ClientFault = "invalid_request_error", ServerFault = "server_error";

    /// <summary>Seconds after which another try makes sense, or null where it does not.</summary>
    [JsonIgnore]
    public int? RetryAfterSeconds { get; private init; }

    public static ApiError BadRequest(string message, string? param = null, string code = "invalid_value") => new(400, message, ClientFault, param, code);

    public static ApiError Unauthorized(string message) => new(401, message, ClientFault, null, "invalid_token");

    public static ApiError NotFound(string message, string code = "not_found", string? param = null) => new(404, message, ClientFault, param, code);

    public static ApiError MethodNotAllowed(string message) => new(405, message, ClientFault, null, "method_not_allowed");

    public static ApiError Conflict(string message, string code) => new(409, message, ClientFault, null, code);

    public static ApiError TooLarge(string message, string? param = null) => new(413, message, ClientFault, param, "too_large");

    public static ApiError MediaType(string message) => new(415, message, ClientFault, null, "unsupported_media_type");

    public static ApiError Misdirected(string message) => new(421, message, ClientFault, null, "misdirected_request");

    public static ApiError Failed(string message) => new(500, message, ServerFault, null, "internal_error");

    public static ApiError Unavailable(string message, string code, int retryAfterSeconds) =>
        new(503, message, ServerFault, null, code) { RetryAfterSeconds = retryAfterSeconds };
}

/// <summary>The envelope: <c>{"error": {…}}</c>.</summary>
internal sealed record ApiErrorBody(ApiError Error);
