using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// What the verdicts so far mean for the cycles to come: an immutable fold over the journal's decisions, so that a restart comes to the same.
/// Each rejected version is a rung up, each promoted one a rung down. One reject may be the stream's fault; from the second on the learning rate
/// falls and replay rises, and at the top training pauses until a person looks: an agent that goes on making what it throws away only burns power.
/// A drift lets the agent learn faster for some cycles, unless it has just been rejected. The cycle that is on when it is found has its plan already and is none of them.
/// Held versions change nothing for the next cycle, but they are counted: a line of which nothing is promoted any more serves an old version.
/// </summary>
/// <param name="Rung">Rejected versions that no promoted ones made up for.</param>
/// <param name="PlasticLeft">Cycles that a drift still lets learn faster.</param>
/// <param name="Drifts">Drifts found so far.</param>
public sealed record Course(int Rung, int PlasticLeft, int Drifts)
{
    /// <summary>Chance, were verdicts independent, that a healthy line has so many versions held one after the other as are told.</summary>
    private const double LongHoldsByChance = 1e-6;

    /// <summary>Held versions that are never told: a dip that the next cycles make up for is what holding is for.</summary>
    private const int HoldsUntold = 2;

    public static Course Start { get; } = new(0, 0, 0);

    /// <summary>Whether the open cycle is one of those in <see cref="PlasticLeft"/>: it was planned after the drift that they are for.</summary>
    private bool TakesOne { get; init; }

    /// <summary>Versions held since the last promoted one; what was rejected in between is counted by <see cref="Rung"/>.</summary>
    private int Holds { get; init; }

    private Verdict? LastHold { get; init; }

    public Course After(JournalRecord record) => record switch
    {
        JournalRecord.CycleStarted => this with { TakesOne = PlasticLeft > 0 },
        JournalRecord.CycleAbandoned => this with { TakesOne = false },
        JournalRecord.CycleEnded ended => this with
        {
            Rung = ended.Verdict.Kind switch
            {
                VerdictKind.Reject => Rung + 1,
                VerdictKind.Promote => Math.Max(0, Rung - 1),
                _ => Rung,
            },
            PlasticLeft = LeftBehind,
            TakesOne = false,
            Holds = ended.Verdict.Kind switch
            {
                VerdictKind.Hold => Holds + 1,
                VerdictKind.Promote => 0,
                _ => Holds,
            },
            LastHold = ended.Verdict.Kind == VerdictKind.Hold ? ended.Verdict : LastHold,
        },
        // An operator who goes back, or says go on, has looked.
        JournalRecord.RolledBack => this with { Rung = 0, Holds = 0 },
        JournalRecord.TrainingResumed => this with { Rung = 0 },
        JournalRecord.DriftFound drift when drift.PlasticCycles > LeftBehind => this with { PlasticLeft = drift.PlasticCycles, TakesOne = false, Drifts = Drifts + 1 },
        JournalRecord.DriftFound => this with { Drifts = Drifts + 1 },
        _ => this,
    };

    /// <summary>Cycles that learn faster behind the open one.</summary>
    private int LeftBehind => TakesOne ? PlasticLeft - 1 : PlasticLeft;

    /// <summary>What follows for the next cycle.</summary>
    public TrainingCourse Under(GuardOptions options)
    {
        bool isPaused = options.RejectsBeforePause > 0 && Rung >= options.RejectsBeforePause;
        int lowered = Math.Max(0, Rung - 1);
        bool isPlastic = PlasticLeft > 0 && Rung == 0;
        double rate = isPlastic ? options.DriftLearningRateScale : Math.Pow(options.RejectLearningRateScale, lowered);
        double fresh = isPlastic ? options.DriftFreshScale : Math.Pow(options.RejectFreshScale, lowered);
        return new TrainingCourse(Rung, rate, fresh, PlasticLeft, isPaused, Drifts)
        {
            Holds = Holds > 0 && LastHold is { } last ? new HoldRun(Holds, last, Holds >= LongHolds(options)) : null,
        };
    }

    /// <summary>From how many on held versions are told: more of them the more often a healthy version is held.</summary>
    private static int LongHolds(GuardOptions options)
    {
        int holds = 0;
        for (double chance = 1; holds <= HoldsUntold || chance > 1.001 * LongHoldsByChance; holds++) chance *= options.FalseAlarmRate;
        return holds;
    }
}
