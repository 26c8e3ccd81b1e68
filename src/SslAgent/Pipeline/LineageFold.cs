using SslAgent.Domain;
using SslAgent.Guarding;

namespace SslAgent.Pipeline;

/// <summary>
/// What the decisions in the journal say about the model's line: which version training stands on, which is served, which cycle is open.
/// A fold; not thread-safe, whoever appends holds the lock. Records that do not follow from the ones before are no reason to stop (a medium loses
/// some): they are noted as oddities, and a cycle whose beginning is lost is void.
/// </summary>
internal sealed class LineageFold
{
    // For each version the promoted one that its line would serve: what a rollback to it serves.
    private readonly Dictionary<ModelVersion, ModelVersion?> _servedOf = [];

    private readonly List<string> _oddities = [];
    private readonly HashSet<string> _featureDrifts = new(StringComparer.Ordinal);

    /// <summary>What does not follow from the records before it, one clause each; empty in a whole journal.</summary>
    public IReadOnlyList<string> Oddities => _oddities;

    /// <summary>What training stands on; null before the first version.</summary>
    public ModelVersion? Head { get; private set; }

    /// <summary>What is served, and what a rejected cycle returns to; null before the first promotion.</summary>
    public ModelVersion? Promoted { get; private set; }

    /// <summary>The cycle that has begun and not ended.</summary>
    public OpenCycle? Open { get; private set; }

    public JournalRecord.TokenizerFrozen? Tokenizer { get; private set; }

    public Verdict? LastVerdict { get; private set; }

    /// <summary>What the verdicts so far mean for the cycles to come.</summary>
    public Course Course { get; private set; } = Course.Start;

    /// <summary>The cycle that began last, whatever became of it.</summary>
    public JournalRecord.CycleStarted? LastStarted { get; private set; }

    /// <summary>What was seen to have drifted in all of a modality's features.</summary>
    public IReadOnlySet<string> FeatureDrifts => _featureDrifts;

    public CycleNumber NextCycle { get; private set; } = new(1);

    public ModelVersion NextVersion { get; private set; } = new(1);

    public void Apply(long sequence, JournalRecord record)
    {
        Course = Course.After(record);
        switch (record)
        {
            case JournalRecord.TokenizerFrozen frozen:
                Tokenizer = frozen;
                break;
            case JournalRecord.CycleStarted started:
                if (Open is { } cut) _oddities.Add($"cycle {started.Cycle} begins while {cut.Started.Cycle} is open");
                Open = new OpenCycle(started, sequence, Head, Promoted, StepsDone: null);
                LastStarted = started;
                NextCycle = new CycleNumber(started.Cycle.Value + 1);
                break;
            case JournalRecord.BudgetReached reached:
                if (Open?.Started.Cycle == reached.Cycle) Open = Open with { StepsDone = reached.StepsDone };
                else _oddities.Add($"a budget was reached in cycle {reached.Cycle}, which is not open");
                break;
            case JournalRecord.Evicted evicted:
                if (Open?.Started.Cycle == evicted.Cycle) Open = Open with { Evicted = evicted };
                else _oddities.Add($"cycle {evicted.Cycle} found samples redundant, and is not open");
                break;
            case JournalRecord.CycleEnded ended:
                End(ended);
                break;
            case JournalRecord.DriftFound { Source.Length: 0 } drift:
                _featureDrifts.Add(drift.Measure);
                break;
            case JournalRecord.CycleAbandoned:
                Open = null;
                break;
            case JournalRecord.RolledBack back:
                GoOnAs(back.To, back.Version, back.Accepts);
                break;
            case JournalRecord.Forgotten forgotten:
                GoOnAs(forgotten.Of, forgotten.Version, isAccepted: false);
                break;
        }
    }

    /// <summary>What came before is settled.</summary>
    public void Forgive() => _oddities.Clear();

    /// <summary>No cycle has a lower number from here on.</summary>
    public void SkipTo(CycleNumber next) => NextCycle = next.Value > NextCycle.Value ? next : NextCycle;

    /// <summary>Takes the line to be what a version on disk says it is, whatever the decisions before it said.</summary>
    /// <param name="newest">The version that stands for everything before; null begins at the first weights.</param>
    /// <param name="head">What training stands on there.</param>
    /// <param name="servedOf">What the line of a version would serve.</param>
    public void StandOn(
        VersionManifest? newest, ModelVersion? head, Func<ModelVersion, ModelVersion?> servedOf, IReadOnlyList<VersionManifest> versions,
        JournalRecord.TokenizerFrozen? tokenizer)
    {
        (Head, Promoted, Open) = (head, newest is null ? null : servedOf(newest.Version), null);
        LastVerdict = newest?.Verdict ?? LastVerdict;
        Tokenizer ??= tokenizer;
        foreach (VersionManifest version in versions) _servedOf[version.Version] = servedOf(version.Version);
        if (newest?.Version.Number >= NextVersion.Number) NextVersion = new ModelVersion(newest.Version.Number + 1);
        if (newest?.Cycle is { } cycle) SkipTo(new CycleNumber(cycle.Value + 1));
        Forgive();
    }

    /// <summary>A version's weights under a new number.</summary>
    private void GoOnAs(ModelVersion of, ModelVersion version, bool isAccepted)
    {
        if (Open is { } cut) _oddities.Add($"version {version} goes on from {of} while cycle {cut.Started.Cycle} is open");
        NoteSkipped(version);
        Head = version;
        // A version that was only held serves what its line had promoted, unless a person found it well.
        Promoted = !isAccepted && _servedOf.GetValueOrDefault(of) is { } served && served != of ? served : version;
        _servedOf[version] = Promoted;
        NextVersion = new ModelVersion(version.Number + 1);
    }

    private void End(JournalRecord.CycleEnded ended)
    {
        NoteSkipped(ended.Version);
        if (Open?.Started.Cycle != ended.Cycle)
        {
            _oddities.Add($"cycle {ended.Cycle} ended without being open");
            NextVersion = new ModelVersion(ended.Version.Number + 1);
            SkipTo(new CycleNumber(ended.Cycle.Value + 1));
            Open = null;
            return;
        }

        LastVerdict = ended.Verdict;
        NextVersion = new ModelVersion(ended.Version.Number + 1);
        Open = null;
        if (ended.Verdict.Kind == VerdictKind.Promote) Promoted = ended.Version;
        Head = ended.Verdict.Kind == VerdictKind.Reject ? Promoted : ended.Version;
        _servedOf[ended.Version] = Promoted;
    }

    /// <summary>Numbers follow each other: one that is left out was given away by a record that is lost.</summary>
    private void NoteSkipped(ModelVersion version)
    {
        if (version != NextVersion) _oddities.Add($"version {version} comes where {NextVersion} was due");
    }

    /// <summary>A cycle in progress. <paramref name="Sequence"/> is its record's; <paramref name="StepsDone"/> is set once its budget was reached.</summary>
    /// <param name="Promoted">The last promoted version when it began: what regularisers learn from.</param>
    internal sealed record OpenCycle(JournalRecord.CycleStarted Started, long Sequence, ModelVersion? Parent, ModelVersion? Promoted, int? StepsDone)
    {
        /// <summary>Whom its model found redundant, once that is journalled.</summary>
        public JournalRecord.Evicted? Evicted { get; init; }
    }
}
