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

    public static string Of(Modality modality) => modality switch
    {
        Modality.Frame => "frames",
        Modality.Text => "texts",
        _ => "frames with their texts",
    };

    public static string Of(AgentHealth health) => health switch
    {
        AgentHealth.Starting => "starting",
        AgentHealth.Healthy => "healthy",
        AgentHealth.Degraded => "degraded",
        _ => "stopping",
    };

    public static string Of(SkipReason reason) => reason switch
    {
        SkipReason.Tombstone => "deletion markers",
        SkipReason.SampledOut => "sampled out",
        SkipReason.RateLimited => "over the source's rate",
        SkipReason.ProducerRetry => "retries of a producer",
        SkipReason.SentinelDuplicate => "duplicates of a sentinel's text",
        _ => "denied by a rollback",
    };
}
