using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Serving.Http;

namespace SslAgent.Serving.Control;

/// <summary>
/// What the control socket offers, over the head's <see cref="IAgentControl"/>. Status is read-only and on the HTTP interface too.
/// </summary>
internal sealed class ControlEndpoints(IAgentControl control, ILogger log)
{
    private const int ReasonLengthMax = 1000;

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/status", RouteAccess.Public, (context, _) => StatusAsync(context)),
        new("GET", ControlPaths.Status, RouteAccess.Socket, (context, _) => StatusAsync(context)),
        new("GET", ControlPaths.Versions, RouteAccess.Socket, (context, _) => VersionsAsync(context)),
        new("POST", ControlPaths.Rollback, RouteAccess.Order, (context, _) => RollbackAsync(context)),
        new("POST", ControlPaths.Cycle, RouteAccess.Order, (context, _) => CycleAsync(context)),
    ];

    private Task StatusAsync(HttpContext context) => Answers.Json(context, control.Status(), DomainJson.Default.AgentStatus);

    private Task VersionsAsync(HttpContext context) =>
        Answers.Json(context, control.Versions(), DomainJson.Default.IReadOnlyListVersionManifest);

    private async Task RollbackAsync(HttpContext context)
    {
        (RollbackRequest? order, ApiError? error) = await ReadAsync(context);
        if (order is null)
        {
            await Answers.Error(context, error ?? ApiError.BadRequest("no order"));
            return;
        }

        ServingLog.Ordered(log, $"rollback to {order.To}, replay {order.Replay}{(order.DryRun ? ", dry run" : "")}: {order.Reason}");
        try
        {
            // An order once accepted is carried out whether or not the client stays to hear of it.
            RollbackEffect effect = await control.RollbackAsync(order, CancellationToken.None);
            await Answers.Json(context, effect, DomainJson.Default.RollbackEffect);
        }
        catch (ControlRefusedException refused)
        {
            await Answers.Error(context, ApiError.Conflict(refused.Message, ControlPaths.RefusedCode));
        }
    }

    private Task CycleAsync(HttpContext context)
    {
        bool accepted = control.TriggerCycle();
        ServingLog.Ordered(log, accepted ? "cycle" : "cycle, refused");
        return Answers.Json(context, new CycleAnswer(accepted), ControlJson.Default.CycleAnswer, accepted ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    private static async Task<(RollbackRequest? Order, ApiError? Error)> ReadAsync(HttpContext context)
    {
        RollbackRequest? order;
        try
        {
            order = await JsonSerializer.DeserializeAsync(context.Request.Body, DomainJson.Default.RollbackRequest, context.RequestAborted);
        }
        catch (JsonException bad)
        {
            return (null, ApiError.BadRequest($"the body is no rollback order: {bad.Message}"));
        }

        if (order is null) return (null, ApiError.BadRequest("the body is no rollback order"));
        if (!order.DryRun && string.IsNullOrWhiteSpace(order.Reason)) return (null, ApiError.BadRequest("a rollback needs a reason", "reason", "missing_value"));
        if (order.Reason.Length > ReasonLengthMax)
        {
            return (null, ApiError.BadRequest($"the reason has {order.Reason.Length} characters, the limit is {ReasonLengthMax}", "reason"));
        }

        return order.Denied.FirstOrDefault(range => range.From < 0 || range.To < range.From) is { } bent
            ? (null, ApiError.BadRequest($"the denied range {bent.Topic}/{bent.Partition}/{bent.From}-{bent.To} ends before it begins", "denied"))
            : (order, null);
    }
}

/// <summary>Paths of the control socket and the words that both ends know.</summary>
internal static class ControlPaths
{
    public const string Status = "/control/status", Versions = "/control/versions", Rollback = "/control/rollback", Cycle = "/control/cycle";

    /// <summary>Error code of an order that cannot be carried out.</summary>
    public const string RefusedCode = "refused";
}

/// <param name="Accepted">False where a cycle is running already, or nothing can be learned from yet.</param>
internal sealed record CycleAnswer(bool Accepted);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CycleAnswer))]
internal sealed partial class ControlJson : JsonSerializerContext;
