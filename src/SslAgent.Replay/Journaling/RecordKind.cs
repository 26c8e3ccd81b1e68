namespace SslAgent.Replay;

/// <summary>Numbers on disk: never renumber, only add. Below 16 are records of the samples log, from 16 on decisions.</summary>
internal enum RecordKind : ushort
{
    Admitted = 1,
    Rejected = 2,
    Skipped = 3,
    EpochOpened = 4,
    TokenizerFrozen = 16,
    CycleStarted = 17,
    BudgetReached = 18,
    CycleEnded = 19,
    CycleAbandoned = 20,
    RolledBack = 21,
    HistoryRetired = 22,
    Forgotten = 23,
    Evicted = 24,
    Accepted = 25,
    DriftFound = 30,
    TrainingResumed = 31,
}
