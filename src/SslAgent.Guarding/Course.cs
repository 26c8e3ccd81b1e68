using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// What the verdicts so far mean for the cycles to come: an immutable fold over the journal's decisions, so that a restart comes to the same.
/// Each rejected version is a rung up, each promoted one a rung down. One reject may be the stream's fault; from the second on the learning rate
/// falls and replay rises, and at the top training pauses until a person looks: an agent that goes on making what it throws away only burns power.
/// A drift lets the agent learn faster for some cycles, unless it has just been rejected.
/// </summary>
/// <param name="Rung">Rejected versions that no promoted ones made up for.</param>
/// <param name="PlasticLeft">Cycles that a drift still lets learn faster.</param>
/// <param name="Drifts">Drifts found so far.</param>
public sealed record Course(int Rung, int PlasticLeft, int Drifts)
{
    public static Course Start { get; } = new(0, 0, 0);

    public Course After(JournalRecord record) => record switch
    {
        JournalRecord.CycleEnded ended => this with
        {
            Rung = ended.Verdict.Kind switch
            {
                VerdictKind.Reject => Rung + 1,
                VerdictKind.Promote => Math.Max(0, Rung - 1),
                _ => Rung,
            },
            PlasticLeft = Math.Max(0, PlasticLeft - 1),
        },
        // An operator who goes back, or says go on, has looked.
        JournalRecord.RolledBack or JournalRecord.TrainingResumed => this with { Rung = 0 },
        JournalRecord.DriftFound drift => this with { PlasticLeft = Math.Max(PlasticLeft, drift.PlasticCycles), Drifts = Drifts + 1 },
        _ => this,
    };

    /// <summary>What follows for the next cycle.</summary>
    public TrainingCourse Under(GuardOptions options)
    {
        bool isPaused = options.RejectsBeforePause > 0 && Rung >= options.RejectsBeforePause;
        int lowered = Math.Max(0, Rung - 1);
        bool isPlastic = PlasticLeft > 0 && Rung == 0;
        double rate = isPlastic ? options.DriftLearningRateScale : Math.Pow(options.RejectLearningRateScale, lowered);
        double fresh = isPlastic ? options.DriftFreshScale : Math.Pow(options.RejectFreshScale, lowered);
        return new TrainingCourse(Rung, rate, fresh, PlasticLeft, isPaused, Drifts);
    }
}
