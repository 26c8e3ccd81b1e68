using System.ComponentModel.DataAnnotations;

namespace SslAgent.Configuration;

/// <summary>
/// The whole configuration, one property a section. Immutable; made by <see cref="ConfigurationLoader"/>, handed to each room in parts.
/// </summary>
internal sealed record AgentSettings
{
    [Required]
    public AgentOptions Agent { get; init; } = new();

    [Required]
    public CycleOptions Cycle { get; init; } = new();

    [Required]
    public LoggingOptions Logging { get; init; } = new();
}
