using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>
/// What the decisions in the journal say about the model's line: which version training stands on, which is served, which cycle is open.
/// A fold; not thread-safe, whoever appends holds the lock.
/// </summary>
internal sealed class LineageFold
{
    // For each version the promoted one that its line would serve: what a rollback to it serves.
    private readonly Dictionary<ModelVersion, ModelVersion?> _servedOf = [];

    /// <summary>What training stands on; null before the first version.</summary>
    public ModelVersion? Head { get; private set; }

    /// <summary>What is served, and what a rejected cycle returns to; null before the first promotion.</summary>
    public ModelVersion? Promoted { get; private set; }

    /// <summary>The cycle that has begun and not ended.</summary>
    public OpenCycle? Open { get; private set; }

    public JournalRecord.TokenizerFrozen? Tokenizer { get; private set; }

    public Verdict? LastVerdict { get; private set; }

    public CycleNumber NextCycle { get; private set; } = new(1);

    public ModelVersion NextVersion { get; private set; } = new(1);

    public void Apply(long sequence, JournalRecord record)
    {
        switch (record)
        {
            case JournalRecord.TokenizerFrozen frozen:
                Tokenizer = frozen;
                break;
            case JournalRecord.CycleStarted started:
                Check.That(Open is null, $"cycle {started.Cycle} begins while another is open");
                Open = new OpenCycle(started, sequence, Head, StepsDone: null);
                NextCycle = new CycleNumber(started.Cycle.Value + 1);
                break;
            case JournalRecord.BudgetReached reached:
                Check.That(Open?.Started.Cycle == reached.Cycle, $"a budget was reached in cycle {reached.Cycle}, which is not open");
                Open = Open with { StepsDone = reached.StepsDone };
                break;
            case JournalRecord.CycleEnded ended:
                End(ended);
                break;
            case JournalRecord.CycleAbandoned:
                Open = null;
                break;
            case JournalRecord.RolledBack back:
                GoOnAs(back.To, back.Version);
                break;
            case JournalRecord.Forgotten forgotten:
                GoOnAs(forgotten.Of, forgotten.Version);
                break;
        }
    }

    /// <summary>A version's weights under a new number.</summary>
    private void GoOnAs(ModelVersion of, ModelVersion version)
    {
        Head = version;
        // A version that was only held serves what its line had promoted.
        Promoted = _servedOf.GetValueOrDefault(of) is { } served && served != of ? served : version;
        _servedOf[version] = Promoted;
        NextVersion = new ModelVersion(version.Number + 1);
    }

    private void End(JournalRecord.CycleEnded ended)
    {
        OpenCycle open = Check.NotNull(Open, $"cycle {ended.Cycle} ended without being open");
        Check.That(open.Started.Cycle == ended.Cycle, $"cycle {ended.Cycle} ended while {open.Started.Cycle} was open");
        LastVerdict = ended.Verdict;
        NextVersion = new ModelVersion(ended.Version.Number + 1);
        Open = null;
        if (ended.Verdict.Kind == VerdictKind.Promote) Promoted = ended.Version;
        Head = ended.Verdict.Kind == VerdictKind.Reject ? Promoted : ended.Version;
        _servedOf[ended.Version] = Promoted;
    }

    /// <summary>A cycle in progress. <paramref name="Sequence"/> is its record's; <paramref name="StepsDone"/> is set once its budget was reached.</summary>
    internal sealed record OpenCycle(JournalRecord.CycleStarted Started, long Sequence, ModelVersion? Parent, int? StepsDone);
}
