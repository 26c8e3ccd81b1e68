using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Guarding.Drift;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>What recovery arrived at.</summary>
/// <param name="Unfinished">What the journal has and the store has not, in the journal's order.</param>
/// <param name="Report">What reading the journal found.</param>
/// <param name="Settled">What was found lost and how it was settled, one sentence each.</param>
internal sealed record Recovered(Ledger Ledger, IReadOnlyList<Unfinished> Unfinished, RecoveryReport Report, IReadOnlyList<string> Settled);

/// <summary>
/// From a state directory to the state: the newest sound version's fold, and the journal after it. Cycles that the journal knows and the store
/// does not are prepared to be run anew with the views they had. Trains nothing itself.
/// </summary>
internal sealed class Recovery(VersionStore store, ReplayPlace place, ReplayOptions options, GuardOptions guard, int samplesMin, ILogger log)
{
    private readonly Dictionary<CycleNumber, OpenCycle> _begun = [];
    private readonly Dictionary<ModelVersion, FrozenFold> _folds = [];
    private StreamWatch _watch = new(guard);

    public Recovered Run()
    {
        VersionManifest? newest = store.FindSound(_ => true, default);
        ReplayLedger replay = OpenJournal(newest);
        try
        {
            var lineage = new LineageFold();
            var unfinished = new List<Unfinished>();
            var damage = new DamageSettlement(store, newest, replay.Recovery);
            bool isAnchored = false;
            foreach (NumberedRecord numbered in replay.ReadDecisions())
            {
                if (!isAnchored && numbered.Sequence >= newest?.JournalPosition)
                {
                    damage.Anchor(lineage);
                    isAnchored = true;
                }

                Unfinished? prepared = Prepare(numbered.Record, lineage, replay);
                lineage.Apply(numbered.Sequence, numbered.Record);
                if (damage.IsSettledBy(numbered, lineage))
                {
                    unfinished.Clear();
                    lineage.Forgive();
                }

                if (prepared is not null) unfinished.Add(prepared);
            }

            if (!isAnchored) damage.Anchor(lineage);
            // The number of a cycle whose beginning is lost is not given again.
            if (replay.LastCycle is { } last) lineage.SkipTo(new CycleNumber(last.Value + (replay.Recovery.Lost.Count > 0 ? 2 : 1)));
            if (lineage.Open is { } open && _begun.TryGetValue(open.Started.Cycle, out OpenCycle? begun))
                unfinished.Add(new Unfinished.Cycle(Of(begun, open, lineage, replay) with { StepsDone = open.StepsDone }));
            var ledger = new Ledger(replay, lineage, _watch, guard, samplesMin);
            damage.TellRewinds();
            if (damage.IsBroken(lineage, unfinished, replay.OpenCycle))
            {
                unfinished = [.. damage.Settle(ledger, lineage, unfinished, replay.OpenCycle)];
            }

            foreach (string note in damage.Notes) HeadLog.DamageSettled(log, note);
            TakeNumbers(lineage);
            CatchUpPointers(newest);
            RecoveryReport report = replay.Recovery;
            HeadLog.Recovered(
                log, report.Position, lineage.Head?.ToString() ?? "none", lineage.Promoted?.ToString() ?? "none", report.RecordsFolded, report.CutBytes,
                report.Damaged.Count);
            return new Recovered(ledger, unfinished, report, damage.Notes);
        }
        catch
        {
            replay.Dispose();
            throw;
        }
    }

    private ReplayLedger OpenJournal(VersionManifest? newest)
    {
        ReplayPlace reaching = place with { Past = PastOf };
        if (newest is null) return ReplayLedger.Open(reaching, options, saved: null, log, Observe);
        using IStoredModel stored = store.Open(newest.Version);
        byte[]? index = stored.ReadFile(Publisher.ReplayFile);
        _watch = StreamWatch.Load(guard, stored.ReadFile(StreamWatch.FileName));
        return ReplayLedger.Open(reaching, options, index is null ? null : new MemoryStream(index), log, Observe);
    }

    /// <summary>Keeps what only this moment of the fold has: a cycle's frozen view, and the state right after a version's record.</summary>
    private void Observe(NumberedRecord numbered, ReplayState state)
    {
        _watch.Apply(numbered.Sequence, numbered.Record);
        switch (numbered.Record)
        {
            case JournalRecord.CycleStarted started when state.OpenCycle is { } open:
                _begun[started.Cycle] = open;
                break;
            case JournalRecord.CycleEnded ended:
                _folds[ended.Version] = Freeze(state);
                break;
            default:
                if (VersionOf(numbered.Record) is { } version) _folds[version] = Freeze(state);
                break;
        }
    }

    /// <summary>The version that a record made of another's weights, or null.</summary>
    private static ModelVersion? VersionOf(JournalRecord record) => record switch
    {
        JournalRecord.RolledBack back => back.Version,
        JournalRecord.Forgotten forgotten => forgotten.Version,
        _ => null,
    };

    /// <summary>The <c>replay.bin</c> of a version: as this fold came by it, or else on disk; null also where that is damaged.</summary>
    private MemoryStream? PastOf(ModelVersion version)
    {
        if (_folds.TryGetValue(version, out FrozenFold? fold)) return new MemoryStream(fold.ReplayIndex);
        try
        {
            return SavedReplay.Of(store, version);
        }
        catch (VersionDamagedException)
        {
            return null;
        }
    }

    private FrozenFold Freeze(ReplayState state)
    {
        using var bytes = new MemoryStream();
        state.Save(bytes);
        return new FrozenFold(state.Position, state.Partitions, bytes.ToArray(), _watch.Save());
    }

    /// <summary>
    /// What came after the newest sound version has to be made anew, whatever is left of it on disk. What a cycle stands on is the lineage's head before its
    /// end.
    /// </summary>
    private Unfinished? Prepare(JournalRecord record, LineageFold lineage, ReplayLedger replay)
    {
        if (VersionOf(record) is { } version) return _folds.TryGetValue(version, out FrozenFold? frozen) ? new Unfinished.Republication(record, frozen) : null;
        if (record is not JournalRecord.CycleEnded ended || !_folds.TryGetValue(ended.Version, out FrozenFold? fold)) return null;
        if (lineage.Open is not { } open || open.Started.Cycle != ended.Cycle) return null;
        return _begun.TryGetValue(ended.Cycle, out OpenCycle? begun)
            ? new Unfinished.Cycle(Of(begun, open, lineage, replay) with { Ended = ended, AtEnd = fold })
            : null;
    }

    private static PreparedCycle Of(OpenCycle begun, LineageFold.OpenCycle open, LineageFold lineage, ReplayLedger replay) =>
        PreparedCycle.Of(
            begun, open, lineage.Tokenizer?.TokenizerJson,
            plan => (replay.View(begun, plan.FreshShare, plan.SourceWeights), replay.Sentinels(begun), replay.Buffer(begun, plan.Replay)));

    /// <summary>A crash between a version and its pointers leaves them behind; moving them again changes nothing where it did not.</summary>
    private void CatchUpPointers(VersionManifest? newest)
    {
        long head = store.Head is { } stand ? store.Read(stand).JournalPosition : -1;
        foreach (VersionManifest later in store.List().Where(manifest => manifest.JournalPosition > head && manifest.Version <= newest?.Version).Reverse().ToList())
            store.MovePointers(later.Version);
    }

    private void TakeNumbers(LineageFold lineage)
    {
        for (int number = lineage.NextVersion.Number - 1; number > 0 && store.Find(new ModelVersion(number)) is null; number--)
            store.TakeNumber(new ModelVersion(number));
    }
}
