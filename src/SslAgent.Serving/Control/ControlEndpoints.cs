using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
        new("POST", ControlPaths.Forget, RouteAccess.Order, (context, _) => ForgetAsync(context)),
        new("POST", ControlPaths.Resume, RouteAccess.Order, (context, _) => ResumeAsync(context)),
        new("POST", ControlPaths.Cycle, RouteAccess.Order, (context, _) => CycleAsync(context)),
    ];

    private Task StatusAsync(HttpContext context) => Answers.Json(context, control.Status(), DomainJson.Default.AgentStatus);

    private Task VersionsAsync(HttpContext context) =>
        Answers.Json(context, control.Versions(), DomainJson.Default.IReadOnlyListVersionManifest);

    private Task RollbackAsync(HttpContext context) => CarryAsync(
        context, DomainJson.Default.RollbackRequest, DomainJson.Default.RollbackEffect, FaultOf,
        order => $"{(order.Accept ? "accept" : "rollback to")} {order.To}, replay {order.Replay}{(order.DryRun ? ", dry run" : "")}: {order.Reason}",
        order => control.RollbackAsync(order, CancellationToken.None));

    private Task ForgetAsync(HttpContext context) => CarryAsync(
        context, DomainJson.Default.ForgetRequest, DomainJson.Default.ForgetEffect, order => FaultOf(order.Reason, order.DryRun),
        order => $"forget source {order.Source ?? "any"}, before {order.BeforeMs?.ToString(CultureInfo.InvariantCulture) ?? "any time"}{(order.DryRun ? ", dry run" : "")}: {order.Reason}",
        order => control.ForgetAsync(order, CancellationToken.None));

    private Task ResumeAsync(HttpContext context) => CarryAsync(
        context, DomainJson.Default.ResumeRequest, DomainJson.Default.ResumeEffect, order => FaultOf(order.Reason, isDryRun: false),
        order => $"resume: {order.Reason}", order => Task.FromResult(control.Resume(order)));

    /// <summary>An order once accepted is carried out whether or not the client stays to hear of it.</summary>
    private async Task CarryAsync<TOrder, TEffect>(
        HttpContext context, JsonTypeInfo<TOrder> orderType, JsonTypeInfo<TEffect> effectType, Func<TOrder, ApiError?> faultOf, Func<TOrder, string> words,
        Func<TOrder, Task<TEffect>> carry)
        where TOrder : class
    {
        (TOrder? order, ApiError? error) = await ReadAsync(context, orderType);
        error ??= order is null ? ApiError.BadRequest("no order") : faultOf(order);
        if (order is null || error is not null)
        {
            await Answers.Error(context, error ?? ApiError.BadRequest("no order"));
            return;
        }

        ServingLog.Ordered(log, words(order));
        try
        {
            await Answers.Json(context, await carry(order), effectType);
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

    private static async Task<(T? Order, ApiError? Error)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            T? order = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            return order is null ? (null, ApiError.BadRequest("the body is no order")) : (order, null);
        }
        catch (JsonException bad)
        {
            return (null, ApiError.BadRequest($"the body is no order: {bad.Message}"));
        }
    }

    private static ApiError? FaultOf(RollbackRequest order) =>
        FaultOf(order.Reason, order.DryRun) ?? (order.Denied.FirstOrDefault(range => range.From < 0 || range.To < range.From) is { } bent
            ? ApiError.BadRequest($"the denied range {bent.Topic}/{bent.Partition}/{bent.From}-{bent.To} ends before it begins", "denied")
            : null);

    private static ApiError? FaultOf(string reason, bool isDryRun)
    {
        if (!isDryRun && string.IsNullOrWhiteSpace(reason)) return ApiError.BadRequest("an order needs a reason", "reason", "missing_value");
        return reason.Length > ReasonLengthMax
            ? ApiError.BadRequest($"the reason has {reason.Length} characters, the limit is {ReasonLengthMax}", "reason")
            : null;
    }
}

/// <summary>Paths of the control socket and the words that both ends know.</summary>
internal static class ControlPaths
{
    public const string Status = "/control/status", Versions = "/control/versions", Rollback = "/control/rollback", Forget = "/control/forget", Cycle = "/control/cycle",
        Resume = "/control/resume";

    /// <summary>Error code of an order that cannot be carried out.</summary>
    public const string RefusedCode = "refused";
}

/// <param name="Accepted">False where a cycle is running already, or nothing can be learned from yet.</param>
internal sealed record CycleAnswer(bool Accepted);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CycleAnswer))]
internal sealed partial class ControlJson : JsonSerializerContext;
