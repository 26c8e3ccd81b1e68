using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>Something that the journal has and the store has not: made up for after a start, in the journal's order.</summary>
internal abstract record Unfinished
{
    /// <summary>A cycle to run anew: one that had ended, or, as the last of all, one that was cut off in the middle.</summary>
    public sealed record Cycle(PreparedCycle Prepared) : Unfinished;

    /// <summary>Another version's weights to publish under a new number: a rollback, or samples forgotten.</summary>
    public sealed record Republication(JournalRecord Record, FrozenFold Fold) : Unfinished;
}
