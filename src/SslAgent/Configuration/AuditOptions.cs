using System.ComponentModel.DataAnnotations;

namespace SslAgent.Configuration;

/// <summary>
/// Section <c>audit</c>: how far back versions can be derived again, bit for bit. The same history carries recovery past a damaged version and
/// <c>rollback --replay rewind</c>.
/// </summary>
internal sealed record AuditOptions
{
    /// <summary>
    /// Newest versions that can be derived again from their parents: those keep their moments, and the journal keeps all that came since. 1 to 10,000 versions,
    /// default 4.
    /// </summary>
    [Range(1, 10_000)]
    public int Horizon { get; init; } = 4;
}
