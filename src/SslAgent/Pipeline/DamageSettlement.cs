using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// What becomes of a line whose journal lost records. The newest sound version has the truth of everything before its position. Behind it nothing is
/// guessed: a cycle that cannot be run anew as it was is void, and where training stood on what is lost it goes on from the newest sound version, by a
/// decision in the journal like any other rollback. Recovery's, once.
/// </summary>
internal sealed class DamageSettlement(VersionStore store, VersionManifest? newest, RecoveryReport report)
{
    private bool _isSettled;

    /// <summary>What was found and done, one sentence each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What training stands on at the newest sound version: itself or, where it was rejected, the promoted one before; null for the first weights.</summary>
    private ModelVersion? Stand => newest?.Verdict.Kind == VerdictKind.Reject ? store.PromotedOnLine(newest.Version)?.Version : newest?.Version;

    /// <summary>At the newest sound version's position: puts the line right where the decisions before do not lead to that version.</summary>
    public void Anchor(LineageFold lineage)
    {
        if (newest is null) return;
        bool isWhole = lineage.Oddities.Count == 0 && lineage.Open is null && lineage.NextVersion.Number == newest.Version.Number + 1 &&
            !report.Damaged.Any(IsOfDecisions) && (lineage.Tokenizer is not null || Tokenizer() is null);
        if (isWhole) return;
        Notes.Add($"decisions before version {newest.Version} are lost; that version stands for them");
        lineage.StandOn(newest, Stand, version => store.PromotedOnLine(version)?.Version, store.List(), Tokenizer());
    }

    /// <summary>Whether a rollback behind the last lost record, to a version that is sound, settled everything before it.</summary>
    public bool IsSettledBy(NumberedRecord numbered, LineageFold lineage)
    {
        if (report.Lost.Count == 0 && lineage.Oddities.Count == 0) return false;
        if (numbered.Record is not JournalRecord.RolledBack back || !IsSound(back.To)) return false;
        if (report.Lost.Count > 0 && report.Lost[^1].To > numbered.Sequence) return false;
        _isSettled = true;
        return true;
    }

    /// <summary>Whether the line cannot be gone on with as the journal tells it.</summary>
    /// <param name="open">The cycle that the replay state holds open, which is the line's own in a whole journal.</param>
    public bool IsBroken(LineageFold lineage, IReadOnlyList<Unfinished> unfinished, OpenCycle? open)
    {
        if (newest is not null && (lineage.Oddities.Count > 0 || IsHit(lineage, unfinished))) return true;
        if (lineage.Open?.Started.Cycle != open?.Started.Cycle) return true;
        HashSet<ModelVersion> made = [];
        foreach (Unfinished left in unfinished)
        {
            if (left is Unfinished.Republication { Record: JournalRecord.RolledBack back } && (!IsSoundOr(made, back.To) || !made.Add(back.Version))) return true;
            if (left is Unfinished.Republication { Record: JournalRecord.Forgotten forgotten } && (!IsSoundOr(made, forgotten.Of) || !made.Add(forgotten.Version))) return true;
            if (left is Unfinished.Cycle { Prepared.Ended: { } ended }) made.Add(ended.Version);
        }

        return !IsThere(lineage.Head) || (lineage.Open is { } cycle && !IsThere(cycle.Parent));

        bool IsThere(ModelVersion? version) => version is not { } stand || IsStored(stand) || made.Contains(stand);
    }

    /// <summary>Voids what is open and goes on from the newest sound version. Gives the rollback to publish, or null where training stands there anyway.</summary>
    public Unfinished.Republication? Settle(Ledger ledger, LineageFold lineage, OpenCycle? open)
    {
        if (lineage.Oddities.Count > 0) Notes.Add($"the decisions do not follow from each other: {string.Join("; ", lineage.Oddities)}");
        string lost = report.Lost.Count > 0 ? $"{report.Lost.Sum(gap => gap.To - gap.From)} records of the journal are lost" : "what the journal's decisions stand on is lost or damaged";
        string reason = newest is null ? lost : $"{lost} behind version {newest.Version}";
        if ((open?.Started.Cycle ?? lineage.Open?.Started.Cycle) is { } cycle)
        {
            ledger.Decide(new JournalRecord.CycleAbandoned(cycle, reason));
            Notes.Add($"{reason}: cycle {cycle} is void");
        }

        if (ledger.Head == Stand) return null;
        if (Stand is not { } to)
        {
            // Nothing to go back to by a record: the same is concluded at each start until there is a version.
            lineage.StandOn(newest, null, version => store.PromotedOnLine(version)?.Version, store.List(), Tokenizer());
            Notes.Add($"{reason}: training begins at the first weights");
            return null;
        }

        var back = new JournalRecord.RolledBack(to, store.Read(to).JournalPosition, ledger.NextVersion, ReplayRollback.Keep, reason, []);
        FrozenFold fold = ledger.DecideAndFreeze(back);
        Notes.Add($"{reason}: training goes on from {to}, as {back.Version}");
        return new Unfinished.Republication(back, fold);
    }

    /// <summary>Whether something that is to be run anew had the lost records before it: it would come out otherwise than the journal says.</summary>
    private bool IsHit(LineageFold lineage, IReadOnlyList<Unfinished> unfinished) => !_isSettled && report.Lost.Count > 0 &&
        (unfinished.Any(left => left is Unfinished.Cycle { Prepared.Ended: not null }) || report.Lost[0].From < lineage.Open?.Sequence);

    private static bool IsOfDecisions(DamagedRange range) => Path.GetFileName(range.Path).StartsWith("decisions-", StringComparison.Ordinal);

    /// <summary>Versions newer than the newest sound one are damaged: they count as not there, and are made anew.</summary>
    private bool IsStored(ModelVersion version) => newest is not null && version <= newest.Version && store.Find(version) is not null;

    private bool IsSoundOr(HashSet<ModelVersion> made, ModelVersion version) => made.Contains(version) || IsSound(version);

    private bool IsSound(ModelVersion version) => IsStored(version) && store.Verify(version, default).IsSound;

    /// <summary>The tokenizer as the newest sound version has it: it is the lineage's.</summary>
    private JournalRecord.TokenizerFrozen? Tokenizer()
    {
        if (newest is null) return null;
        using IStoredModel stored = store.Open(newest.Version);
        return stored.ReadFile(TokenizerKeeper.File) is { } json
            ? new JournalRecord.TokenizerFrozen(json, Learning.Text.Tokenizing.BpeTokenizer.FromJson(json).VocabularySize, TrainedOnBytes: 0)
            : null;
    }
}
