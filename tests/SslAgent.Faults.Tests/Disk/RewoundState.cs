using SslAgent.Domain;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>The same with a rewind to the first version at the end, which denies some of what came since.</summary>
public sealed class RewoundState : DamagedState
{
    /// <summary>Offsets behind the first version's that are denied: the first, and how many.</summary>
    public const int DeniedAfter = 10, DeniedOffsets = 20;

    internal override int MessagesSince => 100;

    internal override RollbackRequest Rollback(VersionManifest first)
    {
        PartitionPosition at = Assert.Single(first.Offsets);
        var denied = new DeniedRange(at.Topic, at.Partition, at.NextOffset + DeniedAfter, at.NextOffset + DeniedAfter + DeniedOffsets - 1);
        return new RollbackRequest(first.Version, ReplayRollback.Rewind, "poison", [denied], DryRun: false);
    }
}
