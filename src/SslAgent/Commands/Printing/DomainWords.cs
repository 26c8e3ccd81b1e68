using SslAgent.Domain;

namespace SslAgent.Commands.Printing;

/// <summary>The domain's alternatives in words for people.</summary>
internal static class DomainWords
{
    public static string Of(VerdictKind verdict) => verdict switch
    {
        VerdictKind.Promote => "promoted",
        VerdictKind.Hold => "held",
        _ => "rejected",
    };

    public static string Of(AgentHealth health) => health switch
    {
        AgentHealth.Starting => "starting",
        AgentHealth.Healthy => "healthy",
        AgentHealth.Degraded => "degraded",
        _ => "stopping",
    };
}
