using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SslAgent.Serving.Control;

namespace SslAgent.Serving.Http;

/// <summary>
/// Every request comes through here: 1. is this host meant, 2. which route, 3. may the client take it, 4. the handler. Whatever goes wrong
/// is
/// answered in one shape and stops nothing else.
/// </summary>
internal sealed class Router(IReadOnlyList<Route> routes, HostGuard hosts, TokenFile token, ILogger log)
{
    private const string BearerPrefix = "Bearer ";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context);
        }
        catch (BadHttpRequestException bad)
        {
            await ErrorUnlessStarted(context, bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? ApiError.TooLarge("the body is larger than this server takes")
                : ApiError.BadRequest(bad.Message));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Policy: the client has gone, there is nobody to answer.
        }
        catch (Exception broken)
        {
            // Policy: a request that fails is reported and answered with 500; the server goes on.
            ServingLog.RequestFailed(log, context.Request.Method, context.Request.Path, broken);
            await ErrorUnlessStarted(context, ApiError.Failed("the server failed on this request; its log says how"));
        }
    }

    private async Task DispatchAsync(HttpContext context)
    {
        bool fromSocket = ControlConnection.Is(context);
        string path = context.Request.Path.Value ?? "/";
        if (!fromSocket && !hosts.Allows(context.Request.Host))
        {
            await Answers.Error(context, ApiError.Misdirected($"this server answers on loopback names only, not as '{context.Request.Host}'"));
            return;
        }

        List<Route> atPath = [.. routes.Where(route => route.RestOf(path) is not null && (fromSocket || route.Access == RouteAccess.Public))];
        Route? found = atPath.Find(route => route.Takes(context.Request.Method));
        if (found is null)
        {
            await Answers.Error(context, NoRoute(context, path, atPath));
        }
        else if (found.Access == RouteAccess.Order && !token.Matches(BearerOf(context)))
        {
            ServingLog.OrderRefused(log, path);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Answers.Error(context, ApiError.Unauthorized("orders need 'Authorization: Bearer' with the content of the token file in the state directory"));
        }
        else
        {
            await found.Handle(context, found.RestOf(path) ?? "");
        }
    }

    private static ApiError NoRoute(HttpContext context, string path, List<Route> atPath)
    {
        if (atPath.Count == 0) return ApiError.NotFound($"there is nothing at {path}");
        string allowed = string.Join(", ", atPath.Select(route => route.Method).Distinct());
        context.Response.Headers.Allow = allowed;
        return ApiError.MethodNotAllowed($"{path} takes {allowed}, not {context.Request.Method}");
    }

    private static string BearerOf(HttpContext context)
    {
        string header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? header[BearerPrefix.Length..].Trim() : "";
    }

    private static Task ErrorUnlessStarted(HttpContext context, ApiError error)
    {
        if (!context.Response.HasStarted) return Answers.Error(context, error);
        context.Abort();
        return Task.CompletedTask;
    }
}
