using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using SslAgent.Domain;
using SslAgent.Serving.Http;
using SslAgent.Serving.Inference;

namespace SslAgent.Serving.Health;

/// <summary>
/// The three questions of an orchestrator. Live: should it be left running? Startup: has recovery ended? Ready: would an embedding request
/// be
/// answered? Each answers 200 or 503 and says why.
/// </summary>
internal sealed class HealthEndpoints(IAgentControl control, EmbedderHost embedders, TimeSpan stallAfter)
{
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/healthz/live", RouteAccess.Public, (context, _) => AnswerAsync(context, LiveFaults())),
        new("GET", "/healthz/startup", RouteAccess.Public, (context, _) => AnswerAsync(context, StartupFaults())),
        new("GET", "/healthz/ready", RouteAccess.Public, (context, _) => AnswerAsync(context, ReadyFaults())),
    ];

    private IEnumerable<string> LiveFaults()
    {
        if (!embedders.IsAlive) yield return "the inference thread does not run";
        if (embedders.BusyFor() is { } busy && busy > stallAfter)
        {
            yield return $"the inference thread has been on one batch for {busy.TotalSeconds:F0} s, more than {stallAfter.TotalSeconds:F0} s";
        }
    }

    private IEnumerable<string> StartupFaults()
    {
        if (control.Status().Health == AgentHealth.Starting) yield return "the agent is starting";
    }

    private IEnumerable<string> ReadyFaults()
    {
        AgentHealth health = control.Status().Health;
        if (health is AgentHealth.Starting or AgentHealth.Stopping) yield return $"the agent is {(health == AgentHealth.Starting ? "starting" : "stopping")}";
        if (embedders.Current is null) yield return "no version has been promoted yet";
    }

    private static Task AnswerAsync(HttpContext context, IEnumerable<string> faults)
    {
        string[] found = [.. faults];
        HealthBody body = new(found.Length == 0 ? "ok" : "unavailable", found);
        return Answers.Json(
            context, body, HealthJson.Default.HealthBody, found.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <param name="Status"><c>ok</c> or <c>unavailable</c>.</param>
internal sealed record HealthBody(string Status, IReadOnlyList<string> Reasons);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class HealthJson : JsonSerializerContext;
