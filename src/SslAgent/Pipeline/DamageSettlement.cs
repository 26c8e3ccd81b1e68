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

    // Of the rollback that settled what came before: its record, and what it went back to where it was a rewind.
    private long _settledAt;
    private ModelVersion? _rewoundTo;

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
        if (report.Lost.Count == 0 && report.Rewinds.Count == 0 && lineage.Oddities.Count == 0) return false;
        if (numbered.Record is not JournalRecord.RolledBack back || !IsSound(back.To)) return false;
        if (report.Lost.Count > 0 && report.Lost[^1].To > numbered.Sequence) return false;
        // A rewind that lacks some samples settles the line before it all the same; what was learned behind it is another matter.
        if (report.Rewinds.Any(lost => lost.Sequence > numbered.Sequence || (lost.Sequence == numbered.Sequence && !lost.HasPast))) return false;
        (_isSettled, _settledAt) = (true, numbered.Sequence);
        _rewoundTo = back.Replay == ReplayRollback.Rewind ? back.To : null;
        return true;
    }

    /// <summary>Whether the line cannot be gone on with as the journal tells it.</summary>
    /// <param name="open">The cycle that the replay state holds open, which is the line's own in a whole journal.</param>
    public bool IsBroken(LineageFold lineage, IReadOnlyList<Unfinished> unfinished, OpenCycle? open)
    {
        if ((newest is not null && lineage.Oddities.Count > 0) || IsHit(lineage, unfinished)) return true;
        if (Rewinds.Any(lost => !lost.HasPast)) return true;
        if (lineage.Open?.Started.Cycle != open?.Started.Cycle) return true;
        return !Stands(lineage.Head, unfinished) || (lineage.Open is { } cycle && !Stands(cycle.Parent, unfinished));
    }

    /// <summary>
    /// Voids what is open and goes on from the newest sound version, or from what was last rewound to: what came since, somebody wanted un-learned. Gives what is
    /// left to publish; nothing where training stands there anyway.
    /// </summary>
    public IReadOnlyList<Unfinished> Settle(Ledger ledger, LineageFold lineage, IReadOnlyList<Unfinished> unfinished, OpenCycle? open)
    {
        if (lineage.Oddities.Count > 0) Notes.Add($"the decisions do not follow from each other: {string.Join("; ", lineage.Oddities)}");
        string lost = WhatIsLost();
        string reason = newest is null ? lost : $"{lost} behind version {newest.Version}";
        if ((open?.Started.Cycle ?? lineage.Open?.Started.Cycle) is { } cycle)
        {
            ledger.Decide(new JournalRecord.CycleAbandoned(cycle, reason));
            Notes.Add($"{reason}: cycle {cycle} is void");
        }

        // Where only the open cycle was hit the line stands.
        bool hasLearned = unfinished.Any(left => left is Unfinished.Cycle { Prepared.Ended: not null });
        if (_rewoundTo is not null && lineage.Oddities.Count == 0 && !hasLearned && Stands(ledger.Head, unfinished)) return [.. unfinished.OfType<Unfinished.Republication>()];
        if (ledger.Head == Stand) return [];
        if ((_rewoundTo ?? Stand) is not { } to)
        {
            // Nothing to go back to by a record: the same is concluded at each start until there is a version.
            lineage.StandOn(newest, null, version => store.PromotedOnLine(version)?.Version, store.List(), Tokenizer());
            Notes.Add($"{reason}: training begins at the first weights");
            return [];
        }

        var back = new JournalRecord.RolledBack(to, store.Read(to).JournalPosition, ledger.NextVersion, ReplayRollback.Keep, reason, []);
        FrozenFold fold = ledger.DecideAndFreeze(back);
        Notes.Add($"{reason}: training goes on from {to}, as {back.Version}");
        return [new Unfinished.Republication(back, fold)];
    }

    /// <summary>A rewind that could be folded, less what is lost of the samples since, stands; whoever ordered it is told.</summary>
    public void TellRewinds()
    {
        foreach (LostRewind lost in Rewinds)
        {
            string became = lost.HasPast
                ? "what is left of the samples since is learned again"
                : "what came since leaves the replay buffer instead of being learned again, and what it denied stays denied";
            Notes.Add($"the rewind to {lost.To} could not be carried out as it was ordered, since {lost.Reason}: {became}");
        }
    }

    /// <summary>Those that nothing behind them settled.</summary>
    private IEnumerable<LostRewind> Rewinds => report.Rewinds.Where(lost => lost.Sequence >= _settledAt);

    private string WhatIsLost()
    {
        if (!_isSettled && report.Lost.Count > 0) return $"{report.Lost.Sum(gap => gap.To - gap.From)} records of the journal are lost";
        return Rewinds.FirstOrDefault() is { } rewind ? $"{rewind.Reason}, and a rewind stood on that" : "what the journal's decisions stand on is lost or damaged";
    }

    /// <summary>Whether something that is to be run anew had the lost records before it: it would come out otherwise than the journal says.</summary>
    private bool IsHit(LineageFold lineage, IReadOnlyList<Unfinished> unfinished)
    {
        IEnumerable<long> lost = (_isSettled ? [] : report.Lost.Select(gap => gap.From)).Concat(Rewinds.Select(rewind => rewind.Sequence));
        long first = lost.DefaultIfEmpty(long.MaxValue).Min();
        if (first == long.MaxValue) return false;
        return unfinished.Any(left => left is Unfinished.Cycle { Prepared.Ended: not null }) || first < lineage.Open?.Sequence;
    }

    private static bool IsOfDecisions(DamagedRange range) => Path.GetFileName(range.Path).StartsWith("decisions-", StringComparison.Ordinal);

    /// <summary>Whether all that is to be made anew can be, and a version is there then.</summary>
    private bool Stands(ModelVersion? version, IReadOnlyList<Unfinished> unfinished)
    {
        HashSet<ModelVersion> made = [];
        foreach (Unfinished left in unfinished)
        {
            if (left is Unfinished.Republication { Record: JournalRecord.RolledBack back } && (!IsSoundOr(made, back.To) || !made.Add(back.Version))) return false;
            if (left is Unfinished.Republication { Record: JournalRecord.Forgotten forgotten } && (!IsSoundOr(made, forgotten.Of) || !made.Add(forgotten.Version))) return false;
            if (left is Unfinished.Cycle { Prepared.Ended: { } ended }) made.Add(ended.Version);
        }

        return version is not { } stand || IsStored(stand) || made.Contains(stand);
    }

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
