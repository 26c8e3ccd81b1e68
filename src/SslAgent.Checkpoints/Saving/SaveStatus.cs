using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>How saving goes, for health and status.</summary>
/// <param name="InFlight">The version being written or repeated, or null.</param>
/// <param name="Waiting">Saves behind it, those included whose callers wait for a place.</param>
/// <param name="Attempts">Failed attempts on the version in flight.</param>
/// <param name="Fault">Why the last attempt failed, or null while all is well.</param>
public sealed record SaveStatus(ModelVersion? InFlight, int Waiting, int Attempts, string? Fault)
{
    public static SaveStatus Idle { get; } = new(null, 0, 0, null);
}
