using SslAgent.Domain;

namespace SslAgent.Ingest.Kafka;

/// <summary>Why a partition begins where it does.</summary>
internal enum BeginningKind
{
    /// <summary>Neither the journal nor the group has a position: <c>startAt</c> decides.</summary>
    Fresh = 0,

    /// <summary>The journal does not know the partition, the group does.</summary>
    Committed = 1,

    /// <summary>Where the journal stands, and the group has the same or nothing.</summary>
    Own = 2,

    /// <summary>Where the journal stands; the group's offset is one that this agent left there, as a crash before a commit leaves it.</summary>
    OwnAfterCrash = 3,

    /// <summary>Where the journal stands; the group's offset differs, and nothing here tells who committed it.</summary>
    OwnUnexplained = 4,

    /// <summary>Further on: another member of the group read on while this agent was away.</summary>
    AfterOthers = 5,

    /// <summary>Further on: somebody set the group's offset forward, beyond anything this agent has committed.</summary>
    SetForward = 6,

    /// <summary>Back: somebody set the group's offset below what this agent has committed.</summary>
    SetBack = 7,
}

/// <summary>
/// Decides where a partition begins. Pure. The journal's own next offset is the truth; the group's committed offset counts for a partition that is
/// unknown here, for one that comes back from another member, and where it is provably somebody else's word (docs/decisions/0033).
/// </summary>
internal readonly record struct Beginning(BeginningKind Kind, int Epoch, long Next)
{
    /// <param name="own">Where the journal stands, or null.</param>
    /// <param name="committed">The group's committed offset, or null where there is none or it could not be asked for.</param>
    /// <param name="bounds">What this agent's own commits can explain, or null where that is not known.</param>
    /// <param name="wasElsewhere">True where the group took the partition away from this process before.</param>
    public static Beginning Of(PartitionPosition? own, long? committed, CommitBounds? bounds, bool wasElsewhere)
    {
        if (own is null) return committed is { } there ? new(BeginningKind.Committed, 0, there) : new(BeginningKind.Fresh, 0, PartitionState.Unknown);
        if (committed is not { } offset || offset == own.NextOffset) return new(BeginningKind.Own, own.Epoch, own.NextOffset);
        bool isAhead = offset > own.NextOffset;
        if (wasElsewhere && isAhead) return new(BeginningKind.AfterOthers, own.Epoch, offset);
        if (bounds is not { } ours || ours.Epoch != own.Epoch) return new(BeginningKind.OwnUnexplained, own.Epoch, own.NextOffset);
        if (offset < ours.Low && !isAhead) return new(BeginningKind.SetBack, own.Epoch, offset);
        if (offset > ours.High && isAhead) return new(BeginningKind.SetForward, own.Epoch, offset);
        return new(BeginningKind.OwnAfterCrash, own.Epoch, own.NextOffset);
    }
}
